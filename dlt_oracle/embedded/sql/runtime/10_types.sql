-- Schema ora: what PostgreSQL lacks of Oracle's types, and how an Oracle error is raised.
--
-- Every error of this schema has SQLSTATE ORA00, the message 'ORA-nnnnn' and the arguments of that
-- message in DETAIL, separated by tabs (read by storage.raised).

CREATE SCHEMA IF NOT EXISTS ora;
SET LOCAL check_function_bodies = off;
SET LOCAL client_min_messages = warning;

DO $$
BEGIN
  -- A TIMESTAMP with more than six fractional digits: ns is 0..999, the nanoseconds below a microsecond.
  CREATE TYPE ora.ts9 AS (ts timestamp, ns smallint);
  -- TIMESTAMP WITH TIME ZONE: the instant in UTC, and the offset it was given with, in minutes.
  CREATE TYPE ora.tstz AS (utc timestamp, ns smallint, tz smallint);
  -- What a date format read: zone is NULL where the format has none.
  CREATE TYPE ora.parsed AS (ts timestamp, ns smallint, zone text);
EXCEPTION WHEN duplicate_object THEN
  NULL;
END $$;

CREATE OR REPLACE FUNCTION ora.fail(code integer, VARIADIC arguments text[] DEFAULT '{}') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'ORA00', MESSAGE = 'ORA-' || lpad(code::text, 5, '0'),
    DETAIL = array_to_string(arguments, E'\t');
END $$;

-- The right side of a length check, reached when the value is too long; STRICT lets a NULL pass.
CREATE OR REPLACE FUNCTION ora.too_long(actual integer, maximum integer, column_name text) RETURNS boolean
LANGUAGE plpgsql STRICT AS $$
BEGIN
  PERFORM ora.fail(12899, column_name, actual::text, maximum::text);
  RETURN false;
END $$;

-- A session setting, as the engine publishes it.
CREATE OR REPLACE FUNCTION ora.setting(name text, otherwise text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(nullif(current_setting('ora.' || name, true), ''), otherwise)
$$;

-- TIMESTAMP WITH TIME ZONE compares by its instant -------------------------------------------------

CREATE OR REPLACE FUNCTION ora.tstz_eq(a ora.tstz, b ora.tstz) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT (a).utc = (b).utc AND (a).ns = (b).ns $$;

CREATE OR REPLACE FUNCTION ora.tstz_ne(a ora.tstz, b ora.tstz) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT (a).utc <> (b).utc OR (a).ns <> (b).ns $$;

CREATE OR REPLACE FUNCTION ora.tstz_lt(a ora.tstz, b ora.tstz) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT ((a).utc, (a).ns) < ((b).utc, (b).ns) $$;

CREATE OR REPLACE FUNCTION ora.tstz_le(a ora.tstz, b ora.tstz) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT ((a).utc, (a).ns) <= ((b).utc, (b).ns) $$;

CREATE OR REPLACE FUNCTION ora.tstz_gt(a ora.tstz, b ora.tstz) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT ((a).utc, (a).ns) > ((b).utc, (b).ns) $$;

CREATE OR REPLACE FUNCTION ora.tstz_ge(a ora.tstz, b ora.tstz) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT ((a).utc, (a).ns) >= ((b).utc, (b).ns) $$;

CREATE OR REPLACE FUNCTION ora.tstz_compare(a ora.tstz, b ora.tstz) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN (a).utc < (b).utc THEN -1 WHEN (a).utc > (b).utc THEN 1
    ELSE sign((a).ns - (b).ns)::integer END
$$;

CREATE OR REPLACE FUNCTION ora.tstz_hash(a ora.tstz) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pg_catalog.timestamp_hash((a).utc) # (a).ns $$;

CREATE OR REPLACE FUNCTION ora.tstz_lesser(a ora.tstz, b ora.tstz) RETURNS ora.tstz
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT CASE WHEN ora.tstz_le(a, b) THEN a ELSE b END $$;

CREATE OR REPLACE FUNCTION ora.tstz_greater(a ora.tstz, b ora.tstz) RETURNS ora.tstz
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT CASE WHEN ora.tstz_ge(a, b) THEN a ELSE b END $$;

DO $$
BEGIN
  CREATE OPERATOR ora.= (LEFTARG = ora.tstz, RIGHTARG = ora.tstz, FUNCTION = ora.tstz_eq,
    COMMUTATOR = OPERATOR(ora.=), NEGATOR = OPERATOR(ora.<>), HASHES, MERGES,
    RESTRICT = eqsel, JOIN = eqjoinsel);
  CREATE OPERATOR ora.<> (LEFTARG = ora.tstz, RIGHTARG = ora.tstz, FUNCTION = ora.tstz_ne,
    COMMUTATOR = OPERATOR(ora.<>), NEGATOR = OPERATOR(ora.=), RESTRICT = neqsel, JOIN = neqjoinsel);
  CREATE OPERATOR ora.< (LEFTARG = ora.tstz, RIGHTARG = ora.tstz, FUNCTION = ora.tstz_lt,
    COMMUTATOR = OPERATOR(ora.>), NEGATOR = OPERATOR(ora.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
  CREATE OPERATOR ora.<= (LEFTARG = ora.tstz, RIGHTARG = ora.tstz, FUNCTION = ora.tstz_le,
    COMMUTATOR = OPERATOR(ora.>=), NEGATOR = OPERATOR(ora.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
  CREATE OPERATOR ora.> (LEFTARG = ora.tstz, RIGHTARG = ora.tstz, FUNCTION = ora.tstz_gt,
    COMMUTATOR = OPERATOR(ora.<), NEGATOR = OPERATOR(ora.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
  CREATE OPERATOR ora.>= (LEFTARG = ora.tstz, RIGHTARG = ora.tstz, FUNCTION = ora.tstz_ge,
    COMMUTATOR = OPERATOR(ora.<=), NEGATOR = OPERATOR(ora.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
  CREATE OPERATOR CLASS ora.tstz_order DEFAULT FOR TYPE ora.tstz USING btree AS
    OPERATOR 1 ora.<, OPERATOR 2 ora.<=, OPERATOR 3 ora.=, OPERATOR 4 ora.>=, OPERATOR 5 ora.>,
    FUNCTION 1 ora.tstz_compare(ora.tstz, ora.tstz);
  CREATE OPERATOR CLASS ora.tstz_hashing DEFAULT FOR TYPE ora.tstz USING hash AS
    OPERATOR 1 ora.=, FUNCTION 1 ora.tstz_hash(ora.tstz);
EXCEPTION WHEN duplicate_function OR duplicate_object THEN
  NULL;
END $$;

-- PostgreSQL's own min and max of a composite give an anonymous record.
CREATE OR REPLACE FUNCTION ora.ts9_lesser(a ora.ts9, b ora.ts9) RETURNS ora.ts9
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT CASE WHEN a <= b THEN a ELSE b END $$;

CREATE OR REPLACE FUNCTION ora.ts9_greater(a ora.ts9, b ora.ts9) RETURNS ora.ts9
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT CASE WHEN a >= b THEN a ELSE b END $$;

CREATE OR REPLACE AGGREGATE ora.min(ora.tstz) (SFUNC = ora.tstz_lesser, STYPE = ora.tstz);
CREATE OR REPLACE AGGREGATE ora.max(ora.tstz) (SFUNC = ora.tstz_greater, STYPE = ora.tstz);
CREATE OR REPLACE AGGREGATE ora.min(ora.ts9) (SFUNC = ora.ts9_lesser, STYPE = ora.ts9);
CREATE OR REPLACE AGGREGATE ora.max(ora.ts9) (SFUNC = ora.ts9_greater, STYPE = ora.ts9);

-- Between the forms of a point in time ----------------------------------------------------------------

CREATE OR REPLACE FUNCTION ora.ts9(value timestamp) RETURNS ora.ts9
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT ROW(value, 0)::ora.ts9 $$;

-- A TIMESTAMP in the form of model.py, with up to nine digits.
CREATE OR REPLACE FUNCTION ora.read_ts9(value text) RETURNS ora.ts9
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  part text[];
BEGIN
  IF length(value) <= 26 AND value NOT LIKE '%.%BC' THEN
    RETURN ROW(value::timestamp, 0)::ora.ts9;
  END IF;
  part := regexp_match(value, '^([^.]*\.\d{1,6})(\d{0,3})( BC)?$');
  RETURN ROW((part[1] || coalesce(part[3], ''))::timestamp, rpad(part[2], 3, '0')::smallint)::ora.ts9;
END $$;

-- Rounded to the microsecond.
CREATE OR REPLACE FUNCTION ora.ts6(value ora.ts9) RETURNS timestamp
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (value).ts + CASE WHEN (value).ns >= 500 THEN interval '1 microsecond' ELSE interval '0' END
$$;

-- Rounded to 0..9 digits of a second: what a column or CAST with that precision keeps.
CREATE OR REPLACE FUNCTION ora.round_ns(value timestamp, ns integer, digits integer) RETURNS ora.ts9
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  unit bigint := (10 ^ (9 - digits))::bigint;
  seconds timestamp := date_trunc('second', value);
  fraction bigint;
BEGIN
  IF value IS NULL THEN
    RETURN NULL;
  END IF;
  fraction := (extract(microseconds FROM value - seconds) * 1000 + ns)::bigint;
  fraction := (fraction + unit / 2) / unit * unit;
  RETURN ROW(seconds + (fraction / 1000) * interval '1 microsecond', (fraction % 1000)::smallint)::ora.ts9;
END $$;

CREATE OR REPLACE FUNCTION ora.round_ts9(value ora.ts9, digits integer) RETURNS ora.ts9
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT ora.round_ns((value).ts, (value).ns, digits) $$;

CREATE OR REPLACE FUNCTION ora.round_tstz(value ora.tstz, digits integer) RETURNS ora.tstz
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  kept ora.ts9 := ora.round_ns((value).utc, (value).ns, digits);
BEGIN
  IF value IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN ROW((kept).ts, (kept).ns, (value).tz)::ora.tstz;
END $$;

-- The local fields of a value with time zone.
CREATE OR REPLACE FUNCTION ora.local_ts(value ora.tstz) RETURNS timestamp
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (value).utc + (value).tz * interval '1 minute' $$;

CREATE OR REPLACE FUNCTION ora.local_ts9(value ora.tstz) RETURNS ora.ts9
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN (value).utc IS NULL THEN NULL
    ELSE ROW((value).utc + (value).tz * interval '1 minute', (value).ns)::ora.ts9 END
$$;

-- Minutes east of UTC of zone at the local time given: '+02:00', or a region of the tz database.
CREATE OR REPLACE FUNCTION ora.zone_minutes(zone text, local_time timestamp) RETURNS integer
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  part text[] := regexp_match(zone, '^\s*([+-])?(\d{1,2}):(\d{2})\s*$');
BEGIN
  IF part IS NOT NULL THEN
    IF part[2]::integer > 15 THEN
      PERFORM ora.fail(1874);
    ELSIF part[3]::integer > 59 THEN
      PERFORM ora.fail(1875);
    END IF;
    RETURN (CASE WHEN part[1] = '-' THEN -1 ELSE 1 END) * (part[2]::integer * 60 + part[3]::integer);
  END IF;
  RETURN extract(epoch FROM local_time - (local_time AT TIME ZONE zone AT TIME ZONE 'UTC'))::integer / 60;
EXCEPTION WHEN invalid_parameter_value THEN
  PERFORM ora.fail(1882);
END $$;

-- Minutes east of UTC of zone at an instant.
CREATE OR REPLACE FUNCTION ora.zone_minutes_utc(zone text, instant timestamp) RETURNS integer
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF zone ~ '^\s*[+-]?\d{1,2}:\d{2}\s*$' THEN
    RETURN ora.zone_minutes(zone, instant);
  END IF;
  RETURN extract(epoch FROM (instant AT TIME ZONE 'UTC' AT TIME ZONE zone) - instant)::integer / 60;
EXCEPTION WHEN invalid_parameter_value THEN
  PERFORM ora.fail(1882);
END $$;

CREATE OR REPLACE FUNCTION ora.session_zone() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT ora.setting('time_zone', '+00:00') $$;

-- A local time in a zone, as a value with time zone (FROM_TZ); the session's zone where none is given.
CREATE OR REPLACE FUNCTION ora.in_zone(value timestamp, ns integer, zone text DEFAULT ora.session_zone())
RETURNS ora.tstz
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  minutes integer := ora.zone_minutes(zone, value);
BEGIN
  IF value IS NULL OR zone IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN ROW(value - minutes * interval '1 minute', ns, minutes)::ora.tstz;
END $$;

-- The same instant, shown in another zone (AT TIME ZONE).
CREATE OR REPLACE FUNCTION ora.at_zone(value ora.tstz, zone text DEFAULT ora.session_zone()) RETURNS ora.tstz
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF (value).utc IS NULL OR zone IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN ROW((value).utc, (value).ns, ora.zone_minutes_utc(zone, (value).utc))::ora.tstz;
END $$;

-- TIMESTAMP WITH LOCAL TIME ZONE is kept in UTC: to and from the session's local time.
CREATE OR REPLACE FUNCTION ora.from_utc(value timestamp) RETURNS timestamp
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT value + ora.zone_minutes_utc(ora.session_zone(), value) * interval '1 minute'
$$;

CREATE OR REPLACE FUNCTION ora.to_utc(value timestamp) RETURNS timestamp
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT value - ora.zone_minutes(ora.session_zone(), value) * interval '1 minute'
$$;
