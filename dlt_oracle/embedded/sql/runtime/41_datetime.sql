-- DATE, TIMESTAMP and interval functions and arithmetic.

CREATE OR REPLACE FUNCTION ora.sysdate() RETURNS timestamp
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT date_trunc('second', statement_timestamp() AT TIME ZONE 'UTC') $$;

CREATE OR REPLACE FUNCTION ora.systimestamp() RETURNS ora.tstz
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT ROW(statement_timestamp() AT TIME ZONE 'UTC', 0, 0)::ora.tstz $$;

CREATE OR REPLACE FUNCTION ora.current_timestamp() RETURNS ora.tstz
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT ora.at_zone(ora.systimestamp()) $$;

CREATE OR REPLACE FUNCTION ora.localtimestamp() RETURNS timestamp
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT ora.local_ts(ora.current_timestamp()) $$;

CREATE OR REPLACE FUNCTION ora.current_date() RETURNS timestamp
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT date_trunc('second', ora.localtimestamp()) $$;

CREATE OR REPLACE FUNCTION ora.to_seconds(value timestamp) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT date_trunc('second', value) $$;

-- Oracle's calendar ends with 9999 and starts with 4712 BC.
CREATE OR REPLACE FUNCTION ora.in_range(value timestamp) RETURNS timestamp
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF value >= timestamp '10000-01-01' OR value < timestamp '4713-01-01 BC' THEN
    PERFORM ora.fail(1841);
  END IF;
  RETURN value;
END $$;

-- DATE + days: rounded to the second.
CREATE OR REPLACE FUNCTION ora.add_days(value timestamp, days numeric) RETURNS timestamp
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF abs(days) > 6000000 THEN
    PERFORM ora.fail(1841);
  END IF;
  RETURN ora.in_range(date_trunc('second', value) + round(days * 86400)::bigint * interval '1 second');
END $$;

CREATE OR REPLACE FUNCTION ora.add_interval(value timestamp, span interval) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT ora.in_range(value + span) $$;

CREATE OR REPLACE FUNCTION ora.add_interval(value ora.ts9, span interval) RETURNS ora.ts9
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT ROW(ora.in_range((value).ts + span), (value).ns)::ora.ts9
$$;

CREATE OR REPLACE FUNCTION ora.add_interval(value ora.tstz, span interval) RETURNS ora.tstz
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT ROW(ora.in_range((value).utc + span), (value).ns, (value).tz)::ora.tstz
$$;

-- + INTERVAL '…' YEAR TO MONTH: the day must exist.
CREATE OR REPLACE FUNCTION ora.add_year_month(value timestamp, months integer) RETURNS timestamp
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  moved timestamp := value + months * interval '1 month';
BEGIN
  IF extract(day FROM moved) <> extract(day FROM value) THEN
    PERFORM ora.fail(1839);
  END IF;
  RETURN ora.in_range(moved);
END $$;

CREATE OR REPLACE FUNCTION ora.add_year_month(value ora.ts9, months integer) RETURNS ora.ts9
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT ROW(ora.add_year_month((value).ts, months), (value).ns)::ora.ts9
$$;

CREATE OR REPLACE FUNCTION ora.add_year_month(value ora.tstz, months integer) RETURNS ora.tstz
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT ROW(ora.add_year_month(ora.local_ts(value), months) - (value).tz * interval '1 minute',
    (value).ns, (value).tz)::ora.tstz
$$;

-- DATE - DATE in days.
CREATE OR REPLACE FUNCTION ora.days_between(a timestamp, b timestamp) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT ora.div(extract(epoch FROM a - b), 86400) $$;

CREATE OR REPLACE FUNCTION ora.add_months(value timestamp, months numeric) RETURNS timestamp
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  moved timestamp := value + trunc(months)::integer * interval '1 month';
BEGIN
  IF extract(month FROM value + interval '1 day') <> extract(month FROM value) THEN
    moved := date_trunc('month', moved) + interval '1 month' - interval '1 day' + (value - date_trunc('day', value));
  END IF;
  RETURN ora.in_range(moved);
END $$;

CREATE OR REPLACE FUNCTION ora.last_day(value timestamp) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT date_trunc('month', value) + interval '1 month' - interval '1 day' + (value - date_trunc('day', value))
$$;

CREATE OR REPLACE FUNCTION ora.next_day(value timestamp, day text) RETURNS timestamp
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  wanted integer;
BEGIN
  SELECT d - 1 INTO wanted FROM generate_series(1, 7) AS d
    WHERE left(upper(btrim(day)), 3) = left(ora.day_name(d), 3);
  IF wanted IS NULL THEN
    PERFORM ora.fail(1846);
  END IF;
  RETURN value + ((wanted - extract(dow FROM value)::integer + 6) % 7 + 1) * interval '1 day';
END $$;

CREATE OR REPLACE FUNCTION ora.months_between(a timestamp, b timestamp) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  whole integer := (extract(year FROM a) - extract(year FROM b)) * 12 + extract(month FROM a) - extract(month FROM b);
BEGIN
  IF extract(day FROM a) = extract(day FROM b)
      OR (ora.last_day(a) = a AND ora.last_day(b) = b) THEN
    RETURN whole;
  END IF;
  RETURN whole + ora.div(extract(day FROM a) - extract(day FROM b)
    + ora.div(extract(epoch FROM (a - date_trunc('day', a)) - (b - date_trunc('day', b))), 86400), 31);
END $$;

CREATE OR REPLACE FUNCTION ora.trunc_date(value timestamp, format text DEFAULT 'DD') RETURNS timestamp
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  day timestamp := date_trunc('day', value);
BEGIN
  CASE upper(format)
    WHEN 'DD', 'DDD', 'J' THEN RETURN day;
    WHEN 'MM', 'MON', 'MONTH', 'RM' THEN RETURN date_trunc('month', value);
    WHEN 'YYYY', 'YYY', 'YY', 'Y', 'YEAR', 'SYYYY', 'SYEAR' THEN RETURN date_trunc('year', value);
    WHEN 'Q' THEN RETURN date_trunc('quarter', value);
    WHEN 'HH', 'HH12', 'HH24' THEN RETURN date_trunc('hour', value);
    WHEN 'MI' THEN RETURN date_trunc('minute', value);
    WHEN 'IW' THEN RETURN date_trunc('week', value);
    WHEN 'DAY', 'DY', 'D' THEN RETURN day - extract(dow FROM value)::integer * interval '1 day';
    WHEN 'WW' THEN RETURN day - (extract(doy FROM value)::integer - 1) % 7 * interval '1 day';
    WHEN 'W' THEN RETURN day - (extract(day FROM value)::integer - 1) % 7 * interval '1 day';
    WHEN 'CC', 'SCC' THEN RETURN date_trunc('century', value);
    WHEN 'IYYY', 'IYY', 'IY', 'I' THEN
      RETURN date_trunc('week', make_date(extract(isoyear FROM value)::integer, 1, 4)::timestamp);
    ELSE PERFORM ora.fail(1898);
  END CASE;
END $$;

CREATE OR REPLACE FUNCTION ora.round_date(value timestamp, format text DEFAULT 'DD') RETURNS timestamp
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  start timestamp := ora.trunc_date(value, format);
  month integer := extract(month FROM value);
  day integer := extract(day FROM value);
BEGIN
  CASE upper(format)
    WHEN 'MM', 'MON', 'MONTH', 'RM' THEN
      RETURN start + CASE WHEN day >= 16 THEN 1 ELSE 0 END * interval '1 month';
    WHEN 'YYYY', 'YYY', 'YY', 'Y', 'YEAR', 'SYYYY', 'SYEAR' THEN
      RETURN start + CASE WHEN month >= 7 THEN 1 ELSE 0 END * interval '1 year';
    WHEN 'Q' THEN
      RETURN start + CASE WHEN (month - 1) % 3 = 2 OR ((month - 1) % 3 = 1 AND day >= 16) THEN 3 ELSE 0 END
        * interval '1 month';
    WHEN 'DD', 'DDD', 'J' THEN
      RETURN start + CASE WHEN value - start >= interval '12 hours' THEN 1 ELSE 0 END * interval '1 day';
    WHEN 'HH', 'HH12', 'HH24' THEN
      RETURN start + CASE WHEN value - start >= interval '30 minutes' THEN 1 ELSE 0 END * interval '1 hour';
    WHEN 'MI' THEN
      RETURN start + CASE WHEN value - start >= interval '30 seconds' THEN 1 ELSE 0 END * interval '1 minute';
    WHEN 'IW', 'DAY', 'DY', 'D', 'WW', 'W' THEN
      RETURN start + CASE WHEN value - start >= interval '84 hours' THEN 7 ELSE 0 END * interval '1 day';
    ELSE PERFORM ora.fail(3001, 'ROUND of a date to ' || format);
  END CASE;
END $$;

-- Implicit conversions, by the session's NLS formats -----------------------------------------------------

CREATE OR REPLACE FUNCTION ora.nls_date_format() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT ora.setting('nls_date_format', 'DD-MON-RR') $$;

CREATE OR REPLACE FUNCTION ora.nls_timestamp_format() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT ora.setting('nls_timestamp_format', 'DD-MON-RR HH.MI.SSXFF AM') $$;

CREATE OR REPLACE FUNCTION ora.nls_timestamp_tz_format() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT ora.setting('nls_timestamp_tz_format', 'DD-MON-RR HH.MI.SSXFF AM TZR')
$$;

-- What each type gives to a format: DATE, TIMESTAMP of some digits, TIMESTAMP WITH TIME ZONE.
CREATE OR REPLACE FUNCTION ora.date_to_char(value timestamp, format text DEFAULT ora.nls_date_format()) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT ora.format_datetime(value, 0, format, NULL, NULL, NULL) $$;

CREATE OR REPLACE FUNCTION ora.ts_to_char(
  value timestamp, digits integer, format text DEFAULT ora.nls_timestamp_format()) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT ora.format_datetime(value, 0, format, digits, NULL, NULL) $$;

CREATE OR REPLACE FUNCTION ora.ts_to_char(
  value ora.ts9, digits integer, format text DEFAULT ora.nls_timestamp_format()) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT ora.format_datetime((value).ts, (value).ns, format, digits, NULL, NULL)
$$;

CREATE OR REPLACE FUNCTION ora.tstz_to_char(
  value ora.tstz, digits integer, format text DEFAULT ora.nls_timestamp_tz_format()) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT ora.format_datetime(ora.local_ts(value), (value).ns, format, digits, (value).tz, NULL)
$$;

-- value is in the session's local time already.
CREATE OR REPLACE FUNCTION ora.ltz_to_char(
  value timestamp, digits integer, format text DEFAULT ora.nls_timestamp_format()) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT ora.format_datetime(value, 0, format, digits, ora.zone_minutes(ora.session_zone(), value), NULL)
$$;

CREATE OR REPLACE FUNCTION ora.to_date(value text, format text DEFAULT ora.nls_date_format()) RETURNS timestamp
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF format ~* 'FF|TZ' THEN
    PERFORM ora.fail(1821);
  END IF;
  RETURN (ora.parse_datetime(value, format)).ts;
END $$;

CREATE OR REPLACE FUNCTION ora.to_timestamp(value text, format text DEFAULT ora.nls_timestamp_format())
RETURNS ora.ts9
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  read ora.parsed := ora.parse_datetime(value, format);
BEGIN
  IF read IS NULL OR (read).ts IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN ROW((read).ts, (read).ns)::ora.ts9;
END $$;

CREATE OR REPLACE FUNCTION ora.to_timestamp_tz(value text, format text DEFAULT ora.nls_timestamp_tz_format())
RETURNS ora.tstz
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  read ora.parsed := ora.parse_datetime(value, format);
BEGIN
  IF (read).ts IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN ora.in_zone((read).ts, (read).ns, coalesce((read).zone, ora.session_zone()));
END $$;

-- Intervals -------------------------------------------------------------------------------------------------

-- The canonical text of model.py: [-]D HH:MM:SS[.ffffff].
CREATE OR REPLACE FUNCTION ora.interval_text(span interval) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN total < 0 THEN '-' ELSE '' END || (abs(total) / 86400000000) || ' '
    || to_char(abs(total) / 3600000000 % 24, 'FM00') || ':' || to_char(abs(total) / 60000000 % 60, 'FM00') || ':'
    || to_char(abs(total) / 1000000 % 60, 'FM00')
    || CASE WHEN total % 1000000 = 0 THEN '' ELSE '.' || rtrim(to_char(abs(total) % 1000000, 'FM000000'), '0') END
  FROM (SELECT (extract(epoch FROM span) * 1000000)::bigint) AS microseconds(total)
$$;

-- Oracle's text of an interval: +DD HH:MI:SS.FF.
CREATE OR REPLACE FUNCTION ora.interval_to_char(span interval, day_digits integer, digits integer) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN total < 0 THEN '-' ELSE '+' END
    || lpad((abs(total) / 86400000000)::text, greatest(day_digits, length((abs(total) / 86400000000)::text)), '0') || ' '
    || to_char(abs(total) / 3600000000 % 24, 'FM00') || ':' || to_char(abs(total) / 60000000 % 60, 'FM00') || ':'
    || to_char(abs(total) / 1000000 % 60, 'FM00')
    || CASE WHEN digits = 0 THEN '' ELSE '.' || left(to_char(abs(total) % 1000000, 'FM000000') || '000', digits) END
  FROM (SELECT (extract(epoch FROM span) * 1000000)::bigint) AS microseconds(total)
$$;

CREATE OR REPLACE FUNCTION ora.to_dsinterval(value text) RETURNS interval
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  part text[] := regexp_match(value, '^\s*([+-]?)\s*(\d{1,9})\s+(\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d{1,9})?\s*$');
BEGIN
  IF part IS NULL THEN
    IF value ~ '^\s*-?P[0-9DTHMS.]+\s*$' THEN
      RETURN value::interval;
    END IF;
    PERFORM ora.fail(1867);
  ELSIF part[3]::integer > 23 THEN
    PERFORM ora.fail(1850);
  ELSIF part[4]::integer > 59 THEN
    PERFORM ora.fail(1851);
  ELSIF part[5]::integer > 59 THEN
    PERFORM ora.fail(1852);
  END IF;
  RETURN CASE WHEN part[1] = '-' THEN -1 ELSE 1 END * make_interval(days => part[2]::integer,
    hours => part[3]::integer, mins => part[4]::integer, secs => (part[5] || coalesce(part[6], ''))::float8);
END $$;

CREATE OR REPLACE FUNCTION ora.numtodsinterval(n numeric, unit text) RETURNS interval
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  seconds integer := CASE upper(btrim(unit)) WHEN 'DAY' THEN 86400 WHEN 'HOUR' THEN 3600 WHEN 'MINUTE' THEN 60
    WHEN 'SECOND' THEN 1 END;
  total bigint;
BEGIN
  IF seconds IS NULL THEN
    PERFORM ora.fail(1760);
  END IF;
  total := round(n * seconds * 1000000);
  RETURN total / 86400000000 * interval '1 day' + total % 86400000000 * interval '1 microsecond';
END $$;

CREATE OR REPLACE FUNCTION ora.numtoyminterval(n numeric, unit text) RETURNS integer
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  CASE upper(btrim(unit))
    WHEN 'YEAR' THEN RETURN round(n * 12)::integer;
    WHEN 'MONTH' THEN RETURN round(n)::integer;
    ELSE PERFORM ora.fail(1760);
  END CASE;
END $$;
