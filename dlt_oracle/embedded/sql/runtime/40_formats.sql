-- Datetime format models ("Format Models" in Oracle's SQL Language Reference): reading and writing.

CREATE OR REPLACE FUNCTION ora.format_tokens(format text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT array_agg(token[1] ORDER BY n) FROM regexp_matches(format,
    '("[^"]*"|SYYYY|YYYY|Y,YYY|YYY|YY|RRRR|RR|IYYY|IYY|IY|SYEAR|YEAR|Y|SCC|CC|MONTH|MON|MM|RM|MI|DAY|DDD|DD|DY|DS|DL|D|'
    || 'HH24|HH12|HH|SSSSS|SS|FF[1-9]|FF|FM|FX|AM|PM|A\.M\.|P\.M\.|AD|BC|A\.D\.|B\.C\.|TZH|TZM|TZR|TZD|TS|TH(?!H)|'
    || 'WW|W|IW|I|Q|J|X|SP|EE|E|[^A-Za-z0-9"]|.)', 'gi') WITH ORDINALITY AS found(token, n)
$$;

-- Month and day names: English only, as NLS_DATE_LANGUAGE AMERICAN.
CREATE OR REPLACE FUNCTION ora.month_name(month integer) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT (ARRAY['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE', 'JULY', 'AUGUST', 'SEPTEMBER',
    'OCTOBER', 'NOVEMBER', 'DECEMBER'])[month]
$$;

CREATE OR REPLACE FUNCTION ora.day_name(day integer) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT (ARRAY['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'])[day]
$$;

-- Oracle's year of a timestamp: BC years are negative, there is no year 0.
CREATE OR REPLACE FUNCTION ora.year_of(value timestamp) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT extract(year FROM value)::integer $$;

-- A name in the case of its format element: MON, Mon or mon.
CREATE OR REPLACE FUNCTION ora.in_case_of(name text, token text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN left(token, 1) = lower(left(token, 1)) THEN lower(name)
    WHEN substr(token, 2, 1) = lower(substr(token, 2, 1)) AND substr(token, 2, 1) <> '.' THEN initcap(name)
    ELSE upper(name) END
$$;

-- Write a datetime. digits: the fraction's digits of its type, NULL for DATE; minutes and zone: its time
-- zone, NULL for types without one.
CREATE OR REPLACE FUNCTION ora.format_datetime(
  value timestamp, ns integer, format text, digits integer, minutes integer, zone text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  token text;
  element text;
  piece text;
  result text := '';
  fill boolean := true;
  year integer := ora.year_of(value);
  month integer := extract(month FROM value);
  day integer := extract(day FROM value);
  hour integer := extract(hour FROM value);
  fraction text := lpad((extract(microseconds FROM value)::bigint % 1000000)::text, 6, '0')
    || lpad(ns::text, 3, '0');
  number_width integer;
BEGIN
  IF value IS NULL OR format IS NULL THEN
    RETURN NULL;
  END IF;
  FOREACH token IN ARRAY ora.format_tokens(format) LOOP
    element := upper(token);
    number_width := NULL;
    CASE
      WHEN element LIKE '"%' THEN piece := substr(token, 2, length(token) - 2);
      WHEN element = 'FM' THEN fill := NOT fill; piece := '';
      WHEN element = 'FX' THEN piece := '';
      WHEN element IN ('YYYY', 'RRRR') THEN piece := abs(year)::text; number_width := 4;
      WHEN element = 'SYYYY' THEN
        piece := CASE WHEN year < 0 THEN '-' WHEN fill THEN ' ' ELSE '' END
          || CASE WHEN fill THEN lpad(abs(year)::text, 4, '0') ELSE abs(year)::text END;
      WHEN element = 'Y,YYY' THEN
        piece := CASE WHEN fill OR abs(year) > 999
          THEN abs(year) / 1000 || ',' || lpad((abs(year) % 1000)::text, 3, '0') ELSE abs(year)::text END;
      WHEN element = 'YYY' THEN piece := abs(year) % 1000; number_width := 3;
      WHEN element IN ('YY', 'RR') THEN piece := abs(year) % 100; number_width := 2;
      WHEN element = 'Y' THEN piece := abs(year) % 10; number_width := 1;
      WHEN element IN ('IYYY', 'IYY', 'IY', 'I') THEN
        number_width := length(element);
        piece := abs(extract(isoyear FROM value))::integer % (10 ^ number_width)::integer;
      WHEN element IN ('CC', 'SCC') THEN
        piece := CASE WHEN element = 'SCC' THEN CASE WHEN year < 0 THEN '-' WHEN fill THEN ' ' ELSE '' END ELSE '' END
          || CASE WHEN fill THEN lpad(((abs(year) + 99) / 100)::text, 2, '0') ELSE ((abs(year) + 99) / 100)::text END;
      WHEN element = 'Q' THEN piece := (month + 2) / 3;
      WHEN element = 'MM' THEN piece := month; number_width := 2;
      WHEN element = 'MON' THEN piece := ora.in_case_of(left(ora.month_name(month), 3), token);
      WHEN element = 'MONTH' THEN
        piece := ora.in_case_of(ora.month_name(month), token);
        IF fill THEN piece := rpad(piece, 9); END IF;
      WHEN element = 'RM' THEN
        piece := ora.in_case_of((ARRAY['I','II','III','IV','V','VI','VII','VIII','IX','X','XI','XII'])[month], token);
        IF fill THEN piece := rpad(piece, 4); END IF;
      WHEN element = 'WW' THEN piece := (extract(doy FROM value)::integer + 6) / 7; number_width := 2;
      WHEN element = 'W' THEN piece := (day + 6) / 7;
      WHEN element = 'IW' THEN piece := extract(week FROM value)::integer; number_width := 2;
      WHEN element = 'D' THEN piece := extract(dow FROM value)::integer + 1;
      WHEN element = 'DD' THEN piece := day; number_width := 2;
      WHEN element = 'DDD' THEN piece := extract(doy FROM value)::integer; number_width := 3;
      WHEN element = 'DY' THEN
        piece := ora.in_case_of(left(ora.day_name(extract(dow FROM value)::integer + 1), 3), token);
      WHEN element = 'DAY' THEN
        piece := ora.in_case_of(ora.day_name(extract(dow FROM value)::integer + 1), token);
        IF fill THEN piece := rpad(piece, 9); END IF;
      WHEN element = 'J' THEN piece := extract(julian FROM date_trunc('day', value))::integer; number_width := 7;
      WHEN element IN ('HH', 'HH12') THEN piece := (hour + 11) % 12 + 1; number_width := 2;
      WHEN element = 'HH24' THEN piece := hour; number_width := 2;
      WHEN element = 'MI' THEN piece := extract(minute FROM value)::integer; number_width := 2;
      WHEN element = 'SS' THEN piece := floor(extract(second FROM value))::integer; number_width := 2;
      WHEN element = 'SSSSS' THEN
        piece := floor(extract(epoch FROM value - date_trunc('day', value)))::integer; number_width := 5;
      WHEN element LIKE 'FF%' AND digits IS NOT NULL THEN
        piece := left(fraction, CASE WHEN element = 'FF' THEN digits ELSE substr(element, 3)::integer END);
      WHEN element = 'X' AND digits IS NOT NULL THEN piece := ora.decimal_mark();
      WHEN element IN ('AM', 'PM') THEN
        piece := ora.in_case_of(CASE WHEN hour < 12 THEN 'AM' ELSE 'PM' END, token);
      WHEN element IN ('A.M.', 'P.M.') THEN
        piece := ora.in_case_of(CASE WHEN hour < 12 THEN 'A.M.' ELSE 'P.M.' END, token);
      WHEN element IN ('AD', 'BC') THEN
        piece := ora.in_case_of(CASE WHEN year > 0 THEN 'AD' ELSE 'BC' END, token);
      WHEN element IN ('A.D.', 'B.C.') THEN
        piece := ora.in_case_of(CASE WHEN year > 0 THEN 'A.D.' ELSE 'B.C.' END, token);
      WHEN element = 'TZH' AND minutes IS NOT NULL THEN
        piece := CASE WHEN minutes < 0 THEN '-' ELSE '+' END || lpad((abs(minutes) / 60)::text, 2, '0');
      WHEN element = 'TZM' AND minutes IS NOT NULL THEN piece := lpad((abs(minutes) % 60)::text, 2, '0');
      WHEN element = 'TZR' AND minutes IS NOT NULL THEN piece := coalesce(zone, ora.offset_text(minutes));
      WHEN element = 'TZD' AND minutes IS NOT NULL THEN piece := '';
      WHEN element ~ '^[-/,.;: ]$' THEN piece := token;
      WHEN element IN ('DS', 'DL', 'TS', 'TH', 'SP', 'E', 'EE', 'YEAR', 'SYEAR') THEN
        PERFORM ora.fail(3001, 'date format element ' || element);
      ELSE PERFORM ora.fail(1821);
    END CASE;
    IF number_width IS NOT NULL AND fill THEN
      piece := lpad(piece, number_width, '0');
    END IF;
    result := result || piece;
  END LOOP;
  RETURN nullif(result, '');
END $$;

CREATE OR REPLACE FUNCTION ora.offset_text(minutes integer) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN minutes < 0 THEN '-' ELSE '+' END || lpad((abs(minutes) / 60)::text, 2, '0') || ':'
    || lpad((abs(minutes) % 60)::text, 2, '0')
$$;

-- Check the fields a format found and make the timestamp of them.
CREATE OR REPLACE FUNCTION ora.make_timestamp(year integer, month integer, day integer, seconds integer)
RETURNS timestamp
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF year = 0 OR year NOT BETWEEN -4712 AND 9999 THEN
    PERFORM ora.fail(1841);
  ELSIF month NOT BETWEEN 1 AND 12 THEN
    PERFORM ora.fail(1843);
  ELSIF day NOT BETWEEN 1 AND 31 THEN
    PERFORM ora.fail(1847);
  END IF;
  RETURN make_timestamp(year, month, day, 0, 0, 0) + seconds * interval '1 second';
EXCEPTION WHEN datetime_field_overflow THEN
  PERFORM ora.fail(1839);
END $$;

-- Read text by a datetime format model. What the format does not say is the first of this month, 0:00.
CREATE OR REPLACE FUNCTION ora.parse_datetime(input text, format text) RETURNS ora.parsed
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  tokens text[] := ora.format_tokens(format);
  token text;
  element text;
  rest text := ltrim(input, E' \t\n');
  found text;
  exact boolean := false;
  skipped boolean := false;
  today timestamp := statement_timestamp() AT TIME ZONE 'UTC';
  year integer;
  month integer;
  day integer;
  day_of_year integer;
  julian integer;
  hour integer;
  hour12 integer;
  minute integer := 0;
  second integer := 0;
  second_of_day integer;
  afternoon boolean;
  before_christ boolean := false;
  fraction text := '';
  zone text;
  zone_sign text;
  zone_hour integer;
  zone_minute integer := 0;
  seconds integer;
  result timestamp;
  seen text[] := '{}';
BEGIN
  IF input IS NULL OR format IS NULL THEN
    RETURN NULL;
  END IF;
  FOREACH token IN ARRAY tokens LOOP
    element := upper(token);
    IF element = 'FX' THEN
      exact := true;
      CONTINUE;
    ELSIF element = 'FM' THEN
      CONTINUE;
    ELSIF element LIKE '"%' OR element ~ '^[^A-Z0-9"]$' THEN
      IF element ~ '^[^A-Z0-9"]$' AND element !~ '^[-/,.;: ]$' THEN
        PERFORM ora.fail(1821);
      END IF;
      found := CASE WHEN element LIKE '"%' THEN substr(token, 2, length(token) - 2) ELSE token END;
      IF rest = '' THEN
        CONTINUE;
      ELSIF element LIKE '"%' THEN
        IF left(rest, length(found)) <> found THEN
          PERFORM ora.fail(1861);
        END IF;
        rest := substr(rest, length(found) + 1);
      ELSIF exact THEN
        IF left(rest, 1) <> found THEN
          PERFORM ora.fail(1861);
        END IF;
        rest := substr(rest, 2);
      ELSIF found = ' ' THEN
        IF rest ~ '^[-/,.;: ]' AND rest !~ '^[-+]\d\d?:' THEN
          rest := ltrim(substr(rest, 2));
        ELSE
          skipped := true;
        END IF;
      ELSIF ltrim(rest) ~ '^[-/,.;:]' AND NOT (found = '.' AND ltrim(rest) ~ '^-') THEN
        rest := substr(ltrim(rest), 2);
      ELSIF rest ~ '^\s' THEN
        rest := ltrim(rest);
      ELSE
        skipped := true;  -- punctuation may be missing before a number of full width
      END IF;
      CONTINUE;
    END IF;
    IF length(element) = 1 AND element NOT IN ('Y', 'D', 'I', 'Q', 'J', 'X', 'W', 'E') THEN
      PERFORM ora.fail(1821);
    END IF;
    IF NOT exact THEN
      rest := ltrim(rest, E' \t\n');
    END IF;
    IF element IN ('HH', 'HH12', 'HH24', 'MI', 'SS', 'SSSSS', 'X', 'AM', 'PM', 'A.M.', 'P.M.', 'TZH', 'TZM',
        'TZR', 'TZD') OR element LIKE 'FF%' THEN
      IF rest = '' THEN
        CONTINUE;
      END IF;
    ELSIF rest = '' THEN
      PERFORM ora.fail(1840);
    END IF;
    IF element = ANY (seen) AND element <> 'X' THEN
      PERFORM ora.fail(1810);
    END IF;
    seen := seen || element;
    IF skipped AND rest !~ '^[0-9+-]' AND element NOT IN ('AM', 'PM', 'A.M.', 'P.M.', 'X', 'TZR', 'TZD') THEN
      PERFORM ora.fail(1861);
    ELSIF skipped AND element IN ('MON', 'MONTH', 'DAY', 'DY', 'RM') THEN
      PERFORM ora.fail(1861);
    END IF;
    skipped := false;
    CASE
      WHEN element IN ('YYYY', 'SYYYY', 'RRRR', 'Y,YYY') THEN
        found := substring(rest FROM CASE element WHEN 'SYYYY' THEN '^[-+]?\d{1,4}' WHEN 'Y,YYY' THEN '^\d{1,2},\d{3}'
          ELSE '^\d{1,4}' END);
        IF found IS NULL THEN
          IF element <> 'SYYYY' AND rest ~ '^[-+]' THEN
            PERFORM ora.fail(1841);
          END IF;
          PERFORM ora.fail(1858);
        END IF;
        year := replace(found, ',', '');
        IF element = 'RRRR' AND length(found) <= 2 THEN
          year := ora.century(year);
        END IF;
      WHEN element = 'RR' THEN
        found := substring(rest FROM '^(\d{4}|\d{1,2})');
        year := found;
        IF length(found) <= 2 THEN
          year := ora.century(year);
        END IF;
      WHEN element IN ('YYY', 'YY', 'Y') THEN
        found := substring(rest FROM CASE element WHEN 'YY' THEN '^(\d{4}|\d{1,2})' WHEN 'YYY' THEN '^\d{1,3}' ELSE '^\d' END);
        year := found;
        IF length(found) < 4 THEN
          year := year + (extract(year FROM today)::integer / (10 ^ length(element))::integer) * (10 ^ length(element))::integer;
        END IF;
      WHEN element = 'MM' AND rest ~ '^\d' THEN
        found := substring(rest FROM '^\d{1,2}');
        month := found;
        IF month NOT BETWEEN 1 AND 12 THEN
          PERFORM ora.fail(1843);
        END IF;
      WHEN element IN ('MM', 'MON', 'MONTH') THEN
        found := substring(rest FROM '^[A-Za-z]+');
        SELECT m, CASE WHEN upper(rest) LIKE ora.month_name(m) || '%' THEN left(rest, length(ora.month_name(m)))
            ELSE left(rest, 3) END
          INTO month, found FROM generate_series(1, 12) AS m
          WHERE upper(left(rest, 3)) = left(ora.month_name(m), 3)
            AND (NOT exact OR element <> 'MONTH' OR upper(rest) LIKE ora.month_name(m) || '%');
        IF month IS NULL THEN
          PERFORM ora.fail(1843);
        END IF;
      WHEN element = 'RM' THEN
        found := substring(upper(rest) FROM '^(VIII|VII|VI|V|IV|IX|III|II|I|XII|XI|X)');
        month := array_position(ARRAY['I','II','III','IV','V','VI','VII','VIII','IX','X','XI','XII'], found);
        IF month IS NULL THEN
          PERFORM ora.fail(1843);
        END IF;
      WHEN element = 'DD' THEN
        found := substring(rest FROM '^\d{1,2}');
        day := found;
        IF day NOT BETWEEN 1 AND 31 THEN
          PERFORM ora.fail(1847);
        END IF;
      WHEN element = 'DDD' THEN
        found := substring(rest FROM '^\d{1,3}');
        day_of_year := found;
        IF day_of_year NOT BETWEEN 1 AND 366 THEN
          PERFORM ora.fail(1848);
        END IF;
      WHEN element = 'J' THEN
        found := substring(rest FROM '^\d{1,7}');
        julian := found;
        IF julian NOT BETWEEN 1 AND 5373484 THEN
          PERFORM ora.fail(1854);
        END IF;
      WHEN element IN ('DAY', 'DY') THEN
        SELECT CASE WHEN upper(rest) LIKE ora.day_name(d) || '%' THEN ora.day_name(d) ELSE left(rest, 3) END
          INTO found FROM generate_series(1, 7) AS d WHERE upper(left(rest, 3)) = left(ora.day_name(d), 3);
        IF found IS NULL THEN
          PERFORM ora.fail(1846);
        END IF;
      WHEN element = 'HH24' THEN
        found := substring(rest FROM '^\d{1,2}');
        hour := found;
        IF hour > 23 THEN
          PERFORM ora.fail(1850);
        END IF;
      WHEN element IN ('HH', 'HH12') THEN
        found := substring(rest FROM '^\d{1,2}');
        hour12 := found;
        IF hour12 NOT BETWEEN 1 AND 12 THEN
          PERFORM ora.fail(1849);
        END IF;
      WHEN element = 'MI' THEN
        found := substring(rest FROM '^\d{1,2}');
        minute := found;
        IF minute > 59 THEN
          PERFORM ora.fail(1851);
        END IF;
      WHEN element = 'SS' THEN
        found := substring(rest FROM '^\d{1,2}');
        second := found;
        IF second > 59 THEN
          PERFORM ora.fail(1852);
        END IF;
      WHEN element = 'SSSSS' THEN
        found := substring(rest FROM '^\d{1,5}');
        second_of_day := found;
        IF second_of_day > 86399 THEN
          PERFORM ora.fail(1853);
        END IF;
      WHEN element LIKE 'FF%' THEN
        found := substring(rest FROM ('^\d{1,' || coalesce(nullif(substr(element, 3), ''), '9') || '}'));
        fraction := found;
      WHEN element = 'X' THEN
        found := CASE WHEN left(rest, 1) IN ('.', ora.decimal_mark()) THEN left(rest, 1) ELSE '' END;
      WHEN element IN ('AM', 'PM', 'A.M.', 'P.M.') THEN
        found := substring(upper(rest) FROM '^([AP]M|[AP]\.M\.)');
        IF found IS NULL THEN
          PERFORM ora.fail(1855);
        END IF;
        afternoon := found LIKE 'P%';
      WHEN element IN ('AD', 'BC', 'A.D.', 'B.C.') THEN
        found := substring(upper(rest) FROM '^(AD|BC|A\.D\.|B\.C\.)');
        IF found IS NULL THEN
          PERFORM ora.fail(1856);
        END IF;
        before_christ := found LIKE 'B%';
      WHEN element = 'TZH' THEN
        found := substring(rest FROM '^[-+]?\d{1,2}');
        zone_sign := CASE WHEN found LIKE '-%' THEN '-' ELSE '+' END;
        zone_hour := ltrim(found, '+-');
      WHEN element = 'TZM' THEN
        found := substring(rest FROM '^\d{1,2}');
        zone_minute := found;
      WHEN element = 'TZR' THEN
        found := substring(rest FROM '^([-+]?\d{1,2}:\d{2}|[A-Za-z][A-Za-z0-9_/+-]*)');
        IF found IS NULL THEN
          PERFORM ora.fail(1882);
        END IF;
        zone := found;
      WHEN element = 'TZD' THEN
        found := coalesce(substring(rest FROM '^[A-Za-z]+'), '');
      WHEN element IN ('IYYY', 'IYY', 'IY', 'I', 'CC', 'SCC', 'Q', 'WW', 'W', 'IW', 'D') THEN
        PERFORM ora.fail(1820);
      WHEN element IN ('DS', 'DL', 'TS', 'SP', 'TH', 'E', 'EE', 'YEAR', 'SYEAR') THEN
        PERFORM ora.fail(3001, 'date format element ' || element);
      ELSE PERFORM ora.fail(1821);
    END CASE;
    IF found IS NULL THEN
      PERFORM ora.fail(1858);
    END IF;
    rest := substr(rest, length(found) + 1);
  END LOOP;
  IF rtrim(rest, E' \t\n') <> '' THEN
    PERFORM ora.fail(1830);
  END IF;
  IF hour12 IS NOT NULL THEN
    hour := hour12 % 12 + CASE WHEN afternoon THEN 12 ELSE 0 END;
  END IF;
  seconds := coalesce(second_of_day, coalesce(hour, 0) * 3600 + minute * 60 + second);
  IF before_christ THEN
    year := -year;
  END IF;
  IF julian IS NOT NULL THEN
    result := timestamp '4714-11-24 00:00:00 BC' + julian * interval '1 day' + seconds * interval '1 second';
  ELSIF day_of_year IS NOT NULL THEN
    result := ora.make_timestamp(coalesce(year, extract(year FROM today)::integer), 1, 1, seconds)
      + (day_of_year - 1) * interval '1 day';
  ELSE
    result := ora.make_timestamp(coalesce(year, extract(year FROM today)::integer),
      coalesce(month, extract(month FROM today)::integer),
      coalesce(day, 1), seconds);
  END IF;
  IF zone_hour IS NOT NULL THEN
    zone := zone_sign || lpad(zone_hour::text, 2, '0') || ':' || lpad(zone_minute::text, 2, '0');
  END IF;
  fraction := rpad(fraction, 9, '0');
  RETURN ROW(result + left(fraction, 6)::integer * interval '1 microsecond', right(fraction, 3)::smallint, zone);
END $$;

-- The year that RR means: the century is chosen to be within fifty years of now.
CREATE OR REPLACE FUNCTION ora.century(two_digits integer) RETURNS integer
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT (this / 100) * 100 + two_digits + CASE
    WHEN two_digits < 50 AND this % 100 >= 50 THEN 100
    WHEN two_digits >= 50 AND this % 100 < 50 THEN -100 ELSE 0 END
  FROM (SELECT extract(year FROM statement_timestamp())::integer) AS now(this)
$$;
