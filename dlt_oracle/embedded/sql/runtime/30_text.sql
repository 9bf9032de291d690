-- Text functions. An empty result is NULL, as every empty string of Oracle.

CREATE OR REPLACE FUNCTION ora.nul(x text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT nullif(x, '') $$;

-- CHAR(n): padded with blanks to n characters or bytes. What is longer is left to the length check.
CREATE OR REPLACE FUNCTION ora.pad_char(x text, length integer) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN char_length(x) < length THEN rpad(x, length) ELSE x END
$$;

CREATE OR REPLACE FUNCTION ora.pad_bytes(x text, length integer) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN octet_length(x) < length THEN x || repeat(' ', length - octet_length(x)) ELSE x END
$$;

-- CAST to a character type cuts what is too long.
CREATE OR REPLACE FUNCTION ora.cut_bytes(x text, length integer) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF octet_length(x) <= length THEN
    RETURN x;
  END IF;
  x := left(x, length);
  WHILE octet_length(x) > length LOOP
    x := left(x, -greatest(1, (octet_length(x) - length) / 4));
  END LOOP;
  RETURN x;
END $$;

CREATE OR REPLACE FUNCTION ora.substr(x text, start numeric, length numeric DEFAULT NULL) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  first integer := trunc(least(greatest(start, -2147483640), 2147483640));
  size integer := char_length(x);
BEGIN
  IF first = 0 THEN
    first := 1;
  ELSIF first < 0 THEN
    first := size + first + 1;
    IF first < 1 THEN
      RETURN NULL;
    END IF;
  END IF;
  IF first > size THEN
    RETURN NULL;
  ELSIF length IS NULL THEN
    RETURN nullif(substring(x, first), '');
  ELSIF trunc(length) < 1 THEN
    RETURN NULL;
  END IF;
  RETURN nullif(substring(x, first, least(trunc(length), size)::integer), '');
END $$;

CREATE OR REPLACE FUNCTION ora.substr3(x text, start numeric, length numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN length IS NULL THEN NULL ELSE ora.substr(x, start, length) END
$$;

CREATE OR REPLACE FUNCTION ora.substr_raw(x bytea, start numeric, length numeric DEFAULT 2147483647) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  first integer := trunc(start);
BEGIN
  IF first = 0 THEN
    first := 1;
  ELSIF first < 0 THEN
    first := octet_length(x) + first + 1;
  END IF;
  IF first < 1 OR first > octet_length(x) OR trunc(length) < 1 THEN
    RETURN NULL;
  END IF;
  RETURN nullif(substring(x, first, least(trunc(length), octet_length(x))::integer), ''::bytea);
END $$;

-- Bytes that cut a character are blanks, as in Oracle.
CREATE OR REPLACE FUNCTION ora.substrb(x text, start numeric, length numeric DEFAULT 2147483647) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  part bytea := ora.substr_raw(convert_to(x, 'UTF8'), start, length);
  head integer := 0;
  tail integer := 0;
BEGIN
  WHILE head < octet_length(part) AND get_byte(part, head) BETWEEN 128 AND 191 LOOP
    head := head + 1;
  END LOOP;
  FOR cut IN 1..3 LOOP
    EXIT WHEN octet_length(part) - cut < head;
    IF get_byte(part, octet_length(part) - cut) >= 192 THEN
      IF cut < (CASE WHEN get_byte(part, octet_length(part) - cut) >= 240 THEN 4
          WHEN get_byte(part, octet_length(part) - cut) >= 224 THEN 3 ELSE 2 END) THEN
        tail := cut;
      END IF;
      EXIT;
    ELSIF get_byte(part, octet_length(part) - cut) < 128 THEN
      EXIT;
    END IF;
  END LOOP;
  RETURN repeat(' ', head) || convert_from(substring(part, head + 1, octet_length(part) - head - tail), 'UTF8')
    || repeat(' ', tail);
END $$;

CREATE OR REPLACE FUNCTION ora.instr(x text, part text, start numeric DEFAULT 1, occurrence numeric DEFAULT 1)
RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  first integer := trunc(start);
  left_over integer := trunc(occurrence);
  found integer;
BEGIN
  IF left_over < 1 THEN
    PERFORM ora.fail(1428, occurrence::text);
  ELSIF first = 0 THEN
    RETURN 0;
  ELSIF first > 0 THEN
    LOOP
      found := strpos(substring(x, first), part);
      IF found = 0 THEN
        RETURN 0;
      END IF;
      first := first + found;
      left_over := left_over - 1;
      IF left_over = 0 THEN
        RETURN first - 1;
      END IF;
    END LOOP;
  END IF;
  FOR at IN REVERSE least(char_length(x) + first + 1, char_length(x) - char_length(part) + 1)..1 LOOP
    IF substring(x, at, char_length(part)) = part THEN
      left_over := left_over - 1;
      IF left_over = 0 THEN
        RETURN at;
      END IF;
    END IF;
  END LOOP;
  RETURN 0;
END $$;

CREATE OR REPLACE FUNCTION ora.lpad(x text, length numeric, filling text DEFAULT ' ') RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN length >= 1 THEN pg_catalog.lpad(x, trunc(length)::integer, filling) END
$$;

CREATE OR REPLACE FUNCTION ora.rpad(x text, length numeric, filling text DEFAULT ' ') RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN length >= 1 THEN pg_catalog.rpad(x, trunc(length)::integer, filling) END
$$;

CREATE OR REPLACE FUNCTION ora.replace(x text, old text, new text DEFAULT NULL) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN old IS NULL THEN x ELSE nullif(pg_catalog.replace(x, old, coalesce(new, '')), '') END
$$;

CREATE OR REPLACE FUNCTION ora.translate(x text, old text, new text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT nullif(pg_catalog.translate(x, old, new), '') $$;

CREATE OR REPLACE FUNCTION ora.trim_one(characters text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF char_length(characters) <> 1 THEN
    PERFORM ora.fail(30001);
  END IF;
  RETURN characters;
END $$;

CREATE OR REPLACE FUNCTION ora.chr(code numeric) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  bytes bytea;
BEGIN
  IF code < 0 OR code > 4294967295 THEN
    PERFORM ora.fail(1428, code::text);
  ELSIF trunc(code) < 128 THEN
    RETURN pg_catalog.chr(trunc(code)::integer);
  END IF;
  -- In AL32UTF8 the code is the character's bytes.
  bytes := decode(lpad(to_hex(trunc(code)::bigint), CASE WHEN code < 256 THEN 2 WHEN code < 65536 THEN 4
    WHEN code < 16777216 THEN 6 ELSE 8 END, '0'), 'hex');
  RETURN convert_from(bytes, 'UTF8');
EXCEPTION WHEN character_not_in_repertoire OR program_limit_exceeded OR null_value_not_allowed THEN
  PERFORM ora.fail(1428, code::text);
END $$;

CREATE OR REPLACE FUNCTION ora.ascii(x text) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT ('x' || lpad(encode(convert_to(left(x, 1), 'UTF8'), 'hex'), 16, '0'))::bit(64)::bigint::numeric
$$;

CREATE OR REPLACE FUNCTION ora.unistr(x text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN pg_catalog.unistr(x);
EXCEPTION WHEN syntax_error OR invalid_parameter_value THEN
  PERFORM ora.fail(30186);
END $$;

-- '' || x and x || '' are x: an operand's NULL is empty, an empty result is NULL.
CREATE OR REPLACE FUNCTION ora.concat_bytes(x bytea, y bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN x IS NULL THEN y WHEN y IS NULL THEN x ELSE x || y END
$$;

-- VARCHAR2 results have a longest length.
CREATE OR REPLACE FUNCTION ora.limited(x text, maximum integer) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF octet_length(x) > maximum THEN
    PERFORM ora.fail(1489);
  END IF;
  RETURN nullif(x, '');
END $$;

-- Regular expressions: Oracle's match parameter to PostgreSQL's flags.
CREATE OR REPLACE FUNCTION ora.regexp_flags(parameter text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  multi boolean := false;
  any_newline boolean := false;
  flags text := '';
  letter text;
BEGIN
  FOREACH letter IN ARRAY string_to_array(coalesce(parameter, ''), NULL) LOOP
    CASE letter
      WHEN 'i' THEN flags := 'i';
      WHEN 'c' THEN flags := '';
      WHEN 'n' THEN any_newline := true;
      WHEN 'm' THEN multi := true;
      WHEN 'x' THEN flags := flags || 'x';
      ELSE PERFORM ora.fail(1760);
    END CASE;
  END LOOP;
  -- PostgreSQL: s newline is ordinary (default), n both, p only ".", w only "^" and "$".
  RETURN flags || CASE WHEN multi AND any_newline THEN 'w' WHEN multi THEN 'n' WHEN any_newline THEN 's' ELSE 'p' END;
END $$;

CREATE OR REPLACE FUNCTION ora.regexp_like(x text, pattern text, parameter text DEFAULT NULL) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT pg_catalog.regexp_like(x, pattern, ora.regexp_flags(parameter))
$$;

CREATE OR REPLACE FUNCTION ora.regexp_count(
  x text, pattern text, start numeric DEFAULT 1, parameter text DEFAULT NULL) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT pg_catalog.regexp_count(x, pattern, start::integer, ora.regexp_flags(parameter))::numeric
$$;

CREATE OR REPLACE FUNCTION ora.regexp_instr(x text, pattern text, start numeric DEFAULT 1,
  occurrence numeric DEFAULT 1, ending numeric DEFAULT 0, parameter text DEFAULT NULL, sub numeric DEFAULT 0)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT pg_catalog.regexp_instr(x, pattern, start::integer, occurrence::integer, ending::integer,
    ora.regexp_flags(parameter), sub::integer)::numeric
$$;

CREATE OR REPLACE FUNCTION ora.regexp_substr(x text, pattern text, start numeric DEFAULT 1,
  occurrence numeric DEFAULT 1, parameter text DEFAULT NULL, sub numeric DEFAULT 0) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT nullif(pg_catalog.regexp_substr(x, pattern, start::integer, occurrence::integer,
    ora.regexp_flags(parameter), sub::integer), '')
$$;

CREATE OR REPLACE FUNCTION ora.regexp_replace(x text, pattern text, replacement text DEFAULT NULL,
  start numeric DEFAULT 1, occurrence numeric DEFAULT 0, parameter text DEFAULT NULL) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN pattern IS NULL THEN x ELSE nullif(pg_catalog.regexp_replace(x, pattern,
    coalesce(replacement, ''), start::integer, occurrence::integer, ora.regexp_flags(parameter)), '') END
$$;

-- Binary and text -----------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION ora.hextoraw(x text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF x !~ '^[0-9a-fA-F]*$' THEN
    PERFORM ora.fail(1465);
  END IF;
  RETURN decode(CASE WHEN length(x) % 2 = 1 THEN '0' || x ELSE x END, 'hex');
END $$;

CREATE OR REPLACE FUNCTION ora.rawtohex(x bytea) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT nullif(upper(encode(x, 'hex')), '') $$;

CREATE OR REPLACE FUNCTION ora.utf8(x bytea) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN nullif(convert_from(x, 'UTF8'), '');
EXCEPTION WHEN character_not_in_repertoire THEN
  RETURN convert_from(decode(regexp_replace(encode(x, 'hex'), '([89a-f].)', '3f', 'g'), 'hex'), 'UTF8');
END $$;
