-- Number format models: 9 0 . D , G $ S MI PR FM B EEEE X TM. The others are refused with ORA-03001.

CREATE OR REPLACE FUNCTION ora.number_marks(marks text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT coalesce(marks, ora.setting('nls_numeric_characters', '.,')) $$;

CREATE OR REPLACE FUNCTION ora.check_number_format(core text) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF core ~ '[LCUV]|RN' THEN
    PERFORM ora.fail(3001, 'number format ' || core);
  ELSIF core !~ '^[90,G$B]*([.D][90$B]*)?(EEEE)?$' OR core !~ '[90]' THEN
    PERFORM ora.fail(1481);
  END IF;
END $$;

CREATE OR REPLACE FUNCTION ora.number_to_char(n numeric, format text, marks text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  core text := upper(format);
  both_marks text := ora.number_marks(marks);
  fill boolean := true;
  sign_style text := '';
  dollar boolean;
  scientific boolean;
  whole_format text;
  fraction_format text;
  fraction_digits integer;
  rounded numeric;
  digits text;
  whole text := '';
  fraction text := '';
  letter text;
  left_zero integer;
  width integer;
  exponent integer := 0;
  sign text;
BEGIN
  IF n IS NULL OR format IS NULL THEN
    RETURN NULL;
  END IF;
  IF core LIKE 'FM%' THEN
    fill := false;
    core := substr(core, 3);
  END IF;
  IF core IN ('TM', 'TM9') THEN
    RETURN ora.to_char(n);
  ELSIF core ~ '^0*X+$' THEN
    IF n < 0 OR length(to_hex(round(n)::bigint)) > length(core) THEN
      RETURN repeat('#', length(core) + CASE WHEN fill THEN 1 ELSE 0 END);
    END IF;
    digits := to_hex(round(n)::bigint);
    IF format !~ 'x' THEN digits := upper(digits); END IF;
    digits := CASE WHEN core LIKE '0%' THEN lpad(digits, length(core), '0') WHEN fill THEN lpad(digits, length(core))
      ELSE digits END;
    RETURN CASE WHEN fill THEN ' ' ELSE '' END || digits;
  END IF;
  IF core LIKE 'S%' THEN
    sign_style := 'S<';
    core := substr(core, 2);
  ELSIF core LIKE '%S' THEN
    sign_style := 'S>';
    core := left(core, -1);
  ELSIF core LIKE '%MI' THEN
    sign_style := 'MI';
    core := left(core, -2);
  ELSIF core LIKE '%PR' THEN
    sign_style := 'PR';
    core := left(core, -2);
  END IF;
  PERFORM ora.check_number_format(core);
  dollar := core LIKE '%$%';
  scientific := core LIKE '%EEEE';
  core := replace(translate(core, '$B', ''), 'EEEE', '');
  whole_format := split_part(translate(core, 'D', '.'), '.', 1);
  fraction_format := split_part(translate(core, 'D', '.'), '.', 2);
  fraction_digits := length(fraction_format);
  rounded := abs(n);
  IF scientific THEN
    exponent := coalesce(ora.exponent(rounded), 0);
    rounded := round(CASE WHEN exponent >= 0 THEN rounded / (10::numeric ^ exponent)
      ELSE rounded * (10::numeric ^ (-exponent)) END, fraction_digits);
    IF rounded >= 10 THEN
      rounded := round(rounded / 10, fraction_digits);
      exponent := exponent + 1;
    END IF;
    whole := trunc(rounded)::text;
  ELSE
    rounded := round(rounded, fraction_digits);
    digits := trunc(rounded)::text;
    IF digits = '0' AND (core ~ '[.D]' OR whole_format = '') THEN
      digits := '';
    END IF;
    left_zero := coalesce(nullif(strpos(whole_format, '0'), 0), length(whole_format) + 1);
    width := length(core) + 1;
    IF length(digits) > length(translate(whole_format, ',G', '')) THEN
      RETURN repeat('#', width + CASE WHEN dollar THEN 1 ELSE 0 END);
    END IF;
    FOR at IN REVERSE length(whole_format)..1 LOOP
      letter := substr(whole_format, at, 1);
      IF letter IN (',', 'G') THEN
        EXIT WHEN digits = '' AND at < left_zero;
        whole := CASE WHEN letter = ',' AND marks IS NULL THEN ',' ELSE substr(both_marks, 2, 1) END || whole;
      ELSIF digits <> '' THEN
        whole := right(digits, 1) || whole;
        digits := left(digits, -1);
      ELSIF at >= left_zero THEN
        whole := '0' || whole;
      ELSE
        EXIT;
      END IF;
    END LOOP;
  END IF;
  IF fraction_digits > 0 THEN
    fraction := split_part(round(rounded, fraction_digits)::text, '.', 2);
    IF NOT fill THEN
      fraction := left(fraction, length(rtrim(fraction_format, '9'))) ||
        rtrim(substr(fraction, length(rtrim(fraction_format, '9')) + 1), '0');
    END IF;
  END IF;
  IF core ~ '[.D]' THEN
    fraction := CASE WHEN core LIKE '%D%' THEN left(both_marks, 1) ELSE '.' END || fraction;
  END IF;
  whole := CASE WHEN dollar THEN '$' ELSE '' END || whole || fraction
    || CASE WHEN scientific THEN 'E' || CASE WHEN exponent < 0 THEN '-' ELSE '+' END || lpad(abs(exponent)::text, 2, '0')
       ELSE '' END;
  n := CASE WHEN rounded = 0 THEN 0 ELSE n END;
  sign := CASE WHEN n < 0 THEN '-' ELSE '+' END;
  whole := CASE sign_style
    WHEN 'S<' THEN sign || whole
    WHEN 'S>' THEN whole || sign
    WHEN 'MI' THEN whole || CASE WHEN n < 0 THEN '-' WHEN fill THEN ' ' ELSE '' END
    WHEN 'PR' THEN CASE WHEN n < 0 THEN '<' || whole || '>' WHEN fill THEN ' ' || whole || ' ' ELSE whole END
    ELSE CASE WHEN n < 0 THEN '-' WHEN fill AND scientific THEN ' ' ELSE '' END || whole END;
  IF fill AND NOT scientific THEN
    width := length(core) + CASE WHEN sign_style = 'PR' THEN 2 WHEN sign_style = 'MI' THEN 1 ELSE 1 END
      + CASE WHEN dollar THEN 1 ELSE 0 END;
    whole := lpad(whole, greatest(width, length(whole)));
  END IF;
  RETURN whole;
END $$;

CREATE OR REPLACE FUNCTION ora.number_from_char(x text, format text, marks text DEFAULT NULL) RETURNS numeric
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  core text := regexp_replace(upper(format), '^FM', '');
  both_marks text := ora.number_marks(marks);
  digits text := btrim(x);
  negative boolean := false;
  decimal_format text;
BEGIN
  IF x IS NULL OR format IS NULL THEN
    RETURN NULL;
  ELSIF core ~ '^0*X+$' THEN
    IF digits !~ '^[0-9A-Fa-f]+$' OR length(digits) > length(core) THEN
      PERFORM ora.fail(1722);
    END IF;
    RETURN ('x' || lpad(digits, 16, '0'))::bit(64)::bigint::numeric;
  ELSIF core LIKE 'TM%' THEN
    RETURN ora.to_number(x);
  END IF;
  IF core ~ '(S|MI)$' THEN
    negative := digits LIKE '%-';
    digits := btrim(rtrim(digits, '+-'));
  ELSIF core LIKE '%PR' THEN
    negative := digits LIKE '<%>';
    digits := btrim(digits, '<> ');
  ELSE
    negative := digits LIKE '-%';
    digits := regexp_replace(digits, '^[+-]', '');
  END IF;
  core := regexp_replace(core, '^S|(S|MI|PR)$', '');
  PERFORM ora.check_number_format(core);
  IF core LIKE '%$%' THEN
    digits := ltrim(digits, '$');
    core := translate(core, '$', '');
  END IF;
  IF core ~ '[,G]' THEN
    digits := replace(digits, CASE WHEN core LIKE '%,%' AND marks IS NULL THEN ',' ELSE substr(both_marks, 2, 1) END, '');
    core := translate(core, ',G', '');
  END IF;
  IF core LIKE '%D%' THEN
    digits := replace(digits, left(both_marks, 1), '.');
  END IF;
  decimal_format := split_part(translate(core, 'D', '.'), '.', 2);
  IF digits !~ '^(\d+\.?\d*|\.\d+)(E[+-]?\d+)?$'
      OR length(ltrim(split_part(digits, '.', 1), '0')) > length(split_part(translate(core, 'D', '.'), '.', 1))
      OR (core NOT LIKE '%EEEE' AND length(split_part(digits, '.', 2)) > length(decimal_format)) THEN
    PERFORM ora.fail(1722);
  END IF;
  RETURN ora.norm(CASE WHEN negative THEN -1 ELSE 1 END * digits::numeric);
END $$;

-- TO_NUMBER(x DEFAULT y ON CONVERSION ERROR).
CREATE OR REPLACE FUNCTION ora.to_number_or(x text, otherwise numeric) RETURNS numeric
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN ora.to_number(x);
EXCEPTION WHEN SQLSTATE 'ORA00' THEN
  RETURN otherwise;
END $$;
