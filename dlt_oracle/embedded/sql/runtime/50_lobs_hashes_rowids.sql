-- DBMS_LOB, hashes, ROWIDs, and small things of the database.

CREATE OR REPLACE FUNCTION ora.lob_substr(x text, amount numeric, start numeric) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN amount >= 1 AND start >= 1
    THEN nullif(substring(x, trunc(start)::integer, least(trunc(amount), 32767)::integer), '') END
$$;

CREATE OR REPLACE FUNCTION ora.clob_to_char(x text, maximum integer) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF octet_length(x) > maximum THEN
    PERFORM ora.fail(22835, octet_length(x)::text, maximum::text);
  END IF;
  RETURN nullif(x, '');
END $$;

CREATE OR REPLACE FUNCTION ora.compare_text(a text, b text) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT CASE WHEN a = b THEN 0 WHEN a < b THEN -1 ELSE 1 END::numeric $$;

CREATE OR REPLACE FUNCTION ora.compare_bytes(a bytea, b bytea) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT CASE WHEN a = b THEN 0 WHEN a < b THEN -1 ELSE 1 END::numeric $$;

-- FIPS 180-4; PostgreSQL without extensions has every SHA-2 but not this one.
CREATE OR REPLACE FUNCTION ora.sha1(message bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  size bigint := octet_length(message);
  mask constant bigint := 4294967295;
  padded bytea;
  w bigint[];
  h0 bigint := 1732584193; h1 bigint := 4023233417; h2 bigint := 2562383102; h3 bigint := 271733878;
  h4 bigint := 3285377520;
  a bigint; b bigint; c bigint; d bigint; e bigint; f bigint; k bigint; t bigint;
BEGIN
  padded := message || '\x80'::bytea
    || decode(repeat('00', ((119 - size % 64) % 64)::integer), 'hex') || int8send(size * 8);
  FOR block IN 0..octet_length(padded) / 64 - 1 LOOP
    w := '{}';
    FOR i IN 0..15 LOOP
      t := block * 64 + i * 4;
      w[i] := (get_byte(padded, t::integer)::bigint << 24) | (get_byte(padded, t::integer + 1) << 16)
        | (get_byte(padded, t::integer + 2) << 8) | get_byte(padded, t::integer + 3);
    END LOOP;
    FOR i IN 16..79 LOOP
      t := w[i - 3] # w[i - 8] # w[i - 14] # w[i - 16];
      w[i] := ((t << 1) | (t >> 31)) & mask;
    END LOOP;
    a := h0; b := h1; c := h2; d := h3; e := h4;
    FOR i IN 0..79 LOOP
      IF i < 20 THEN
        f := (b & c) | ((~b & mask) & d); k := 1518500249;
      ELSIF i < 40 THEN
        f := b # c # d; k := 1859775393;
      ELSIF i < 60 THEN
        f := (b & c) | (b & d) | (c & d); k := 2400959708;
      ELSE
        f := b # c # d; k := 3395469782;
      END IF;
      t := ((((a << 5) | (a >> 27)) & mask) + f + e + k + w[i]) & mask;
      e := d; d := c; c := ((b << 30) | (b >> 2)) & mask; b := a; a := t;
    END LOOP;
    h0 := (h0 + a) & mask; h1 := (h1 + b) & mask; h2 := (h2 + c) & mask; h3 := (h3 + d) & mask; h4 := (h4 + e) & mask;
  END LOOP;
  RETURN substring(int8send(h0), 5) || substring(int8send(h1), 5) || substring(int8send(h2), 5)
    || substring(int8send(h3), 5) || substring(int8send(h4), 5);
END $$;

CREATE OR REPLACE FUNCTION ora.hash_raw(method text, x bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE method WHEN 'SHA256' THEN sha256(coalesce(x, '')) WHEN 'SHA384' THEN sha384(coalesce(x, ''))
    WHEN 'SHA512' THEN sha512(coalesce(x, '')) WHEN 'MD5' THEN decode(md5(coalesce(x, '')), 'hex')
    ELSE ora.sha1(coalesce(x, '')) END
$$;

CREATE OR REPLACE FUNCTION ora.hash_text(method text, x text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT ora.hash_raw(method, convert_to(x, 'UTF8')) $$;

-- ROWIDs: Oracle's 18 characters around PostgreSQL's block and row number. A row that was updated has another one.
CREATE OR REPLACE FUNCTION ora.base64_digits(n bigint, width integer) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT string_agg(substr('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
    ((n >> (6 * place)) & 63)::integer + 1, 1), '' ORDER BY place DESC) FROM generate_series(0, width - 1) AS place
$$;

CREATE OR REPLACE FUNCTION ora.rowid_text(x tid) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT 'AAAAAAAAB' || ora.base64_digits((x::text::point)[0]::bigint, 6) || ora.base64_digits((x::text::point)[1]::bigint, 3)
$$;

CREATE OR REPLACE FUNCTION ora.to_rowid(x text) RETURNS tid
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  block bigint := 0;
  place bigint := 0;
  digit integer;
BEGIN
  IF x !~ '^[A-Za-z0-9+/]{18}$' THEN
    PERFORM ora.fail(1410);
  END IF;
  FOR i IN 10..18 LOOP
    digit := strpos('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', substr(x, i, 1)) - 1;
    IF i <= 15 THEN
      block := block * 64 + digit;
    ELSE
      place := place * 64 + digit;
    END IF;
  END LOOP;
  RETURN format('(%s,%s)', block, place)::tid;
EXCEPTION WHEN invalid_text_representation OR numeric_value_out_of_range THEN
  PERFORM ora.fail(1410);
END $$;

CREATE OR REPLACE FUNCTION ora.nchr(code numeric) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN pg_catalog.chr(trunc(code)::integer);
EXCEPTION WHEN program_limit_exceeded OR null_value_not_allowed THEN
  PERFORM ora.fail(1428, code::text);
END $$;

CREATE OR REPLACE FUNCTION ora.currval(sequence text, name text) RETURNS numeric
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN pg_catalog.currval(sequence);
EXCEPTION WHEN object_not_in_prerequisite_state THEN
  PERFORM ora.fail(8002, name);
END $$;

CREATE OR REPLACE FUNCTION ora.median(numbers numeric[]) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ora.div(sum(n), count(n)::numeric) FROM (
    SELECT n, row_number() OVER (ORDER BY n) AS place, count(*) OVER () AS total
    FROM unnest(numbers) AS number(n) WHERE n IS NOT NULL) AS sorted
  WHERE place IN ((total + 1) / 2, (total + 2) / 2)
$$;

-- FIRST_VALUE and LAST_VALUE … IGNORE NULLS.
CREATE OR REPLACE FUNCTION ora.keep_first(kept anyelement, next anyelement) RETURNS anyelement
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN kept IS NULL THEN next ELSE kept END $$;

CREATE OR REPLACE FUNCTION ora.keep_last(kept anyelement, next anyelement) RETURNS anyelement
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN next IS NULL THEN kept ELSE next END $$;

CREATE OR REPLACE AGGREGATE ora.first_known(anyelement) (SFUNC = ora.keep_first, STYPE = anyelement);
CREATE OR REPLACE AGGREGATE ora.last_known(anyelement) (SFUNC = ora.keep_last, STYPE = anyelement);

-- The same value without the length of its type: both halves of a recursive query must have one type.
CREATE OR REPLACE FUNCTION ora.plain(x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT x $$;
CREATE OR REPLACE FUNCTION ora.plain(x timestamp) RETURNS timestamp
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT x $$;
CREATE OR REPLACE FUNCTION ora.plain(x interval) RETURNS interval
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT x $$;

CREATE OR REPLACE FUNCTION ora.utc(value timestamp) RETURNS ora.tstz
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT ROW(value, 0, 0)::ora.tstz $$;

CREATE OR REPLACE FUNCTION ora.utc_ts9(value ora.tstz) RETURNS ora.ts9
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT ROW((value).utc, (value).ns)::ora.ts9 $$;

CREATE OR REPLACE FUNCTION ora.boolean_text(x boolean) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT CASE WHEN x THEN 'TRUE' ELSE 'FALSE' END $$;

CREATE OR REPLACE FUNCTION ora.to_boolean(x text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  CASE lower(btrim(x))
    WHEN 'true', 't', 'yes', 'y', 'on', '1' THEN RETURN true;
    WHEN 'false', 'f', 'no', 'n', 'off', '0' THEN RETURN false;
    ELSE PERFORM ora.fail(61800, x);
  END CASE;
END $$;

-- SYS_CONTEXT('USERENV', …): what the engine publishes as ora.<parameter>; the rest as this server is.
CREATE OR REPLACE FUNCTION ora.sys_context(context text, parameter text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  name text := lower(parameter);
BEGIN
  IF parameter IS NULL OR upper(context) <> 'USERENV' THEN
    RETURN NULL;
  END IF;
  CASE name
    WHEN 'action', 'client_identifier', 'client_info', 'current_schema', 'current_user', 'db_name', 'host',
        'instance_name', 'module', 'os_user', 'service_name', 'session_user', 'sessionid', 'sid', 'terminal' THEN
      RETURN ora.setting(name, NULL);
    WHEN 'con_name' THEN RETURN upper(ora.setting('service_name', NULL));
    WHEN 'db_unique_name' THEN RETURN ora.setting('db_name', NULL);
    WHEN 'current_schemaid', 'current_userid', 'session_userid' THEN RETURN ora.setting('user_id', NULL);
    WHEN 'isdba' THEN RETURN ora.setting('is_dba', 'FALSE');
    WHEN 'con_id' THEN RETURN '3';
    WHEN 'cdb_name', 'db_domain', 'ip_address', 'proxy_user', 'policy_invoker', 'global_uid' THEN RETURN NULL;
    WHEN 'instance' THEN RETURN '1';
    WHEN 'lang' THEN RETURN 'US';
    WHEN 'language' THEN RETURN 'AMERICAN_AMERICA.AL32UTF8';
    WHEN 'nls_calendar' THEN RETURN 'GREGORIAN';
    WHEN 'nls_currency' THEN RETURN '$';
    WHEN 'nls_date_format' THEN RETURN ora.nls_date_format();
    WHEN 'nls_date_language' THEN RETURN 'AMERICAN';
    WHEN 'nls_sort' THEN RETURN 'BINARY';
    WHEN 'nls_territory' THEN RETURN 'AMERICA';
    WHEN 'server_host' THEN RETURN 'localhost';
    WHEN 'network_protocol' THEN RETURN 'tcp';
    WHEN 'authentication_method' THEN RETURN 'PASSWORD';
    WHEN 'authenticated_identity' THEN RETURN ora.setting('session_user', NULL);
    WHEN 'database_role' THEN RETURN 'PRIMARY';
    WHEN 'oracle_home' THEN RETURN NULL;
    ELSE PERFORM ora.fail(2003);
  END CASE;
END $$;
