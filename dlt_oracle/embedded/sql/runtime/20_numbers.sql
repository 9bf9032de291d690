-- NUMBER: twenty base-100 digits (39 or 40 decimal ones), 1E-130 <= |x| < 1E126.

-- The decimal exponent of the first digit: 0 for 1..9, -1 for 0.1..0.9; NULL for 0.
CREATE OR REPLACE FUNCTION ora.exponent(x numeric) RETURNS integer
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  fraction text;
BEGIN
  IF x = 0 THEN
    RETURN NULL;
  ELSIF abs(x) >= 1 THEN
    RETURN length(trunc(abs(x))::text) - 1;
  END IF;
  fraction := split_part(abs(x)::text, '.', 2);
  RETURN length(ltrim(fraction, '0')) - length(fraction) - 1;
END $$;

-- What a NUMBER keeps of an exact result. The first test is the common case, by the size in memory:
-- 24 bytes hold at most 36 digits.
CREATE OR REPLACE FUNCTION ora.norm(x numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  e integer;
BEGIN
  IF pg_column_size(x) <= 24 AND abs(x) < 1e36 AND scale(x) <= 36 THEN
    RETURN x;
  END IF;
  e := ora.exponent(x);
  IF e IS NULL OR e < -130 THEN
    RETURN 0;
  ELSIF e >= 126 OR x = 'NaN'::numeric THEN
    PERFORM ora.fail(1426);
  END IF;
  x := round(x, 2 * (19 - floor(e / 2.0)::integer));
  IF abs(x) >= 1e126 THEN
    PERFORM ora.fail(1426);
  END IF;
  RETURN trim_scale(x);
END $$;

CREATE OR REPLACE FUNCTION ora.div(a numeric, b numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF b = 0 THEN
    PERFORM ora.fail(1476);
  ELSIF a = 0 THEN
    RETURN 0;
  ELSIF scale(a) = 0 AND scale(b) = 0 AND a % b = 0 THEN
    RETURN pg_catalog.div(a, b);
  END IF;
  RETURN trim_scale(ora.norm(
    round(a, greatest(scale(a), 44 - ora.exponent(a) + ora.exponent(b))) / b));
END $$;

CREATE OR REPLACE FUNCTION ora.fdiv(a double precision, b double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN b <> 0 THEN a / b
    WHEN b IS NULL OR a IS NULL THEN NULL
    WHEN a = 0 OR a = 'NaN' THEN 'NaN'::float8
    WHEN (a > 0) = (b::text NOT LIKE '-%') THEN 'Infinity'::float8
    ELSE '-Infinity'::float8 END
$$;

CREATE OR REPLACE FUNCTION ora.mod(a numeric, b numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN b = 0 THEN a ELSE a % b END $$;

CREATE OR REPLACE FUNCTION ora.remainder(a numeric, b numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN a - b * round(ora.div(a, b));
END $$;

CREATE OR REPLACE FUNCTION ora.round(x numeric, digits numeric DEFAULT 0) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pg_catalog.round(x, trunc(digits)::integer) $$;

CREATE OR REPLACE FUNCTION ora.trunc(x numeric, digits numeric DEFAULT 0) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pg_catalog.trunc(x, trunc(digits)::integer) $$;

CREATE OR REPLACE FUNCTION ora.power(a numeric, b numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF a = 0 AND b < 0 THEN
    PERFORM ora.fail(1426);
  ELSIF a < 0 AND b <> trunc(b) THEN
    PERFORM ora.fail(1428, a::text);
  END IF;
  IF b = trunc(b) AND abs(b) <= 400 AND b >= 0 THEN
    RETURN trim_scale(ora.norm(pg_catalog.power(a, b)));
  END IF;
  RETURN trim_scale(ora.norm(pg_catalog.power(pg_catalog.round(a, greatest(scale(a), 50)), b)));
END $$;

CREATE OR REPLACE FUNCTION ora.sqrt(x numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF x < 0 THEN
    PERFORM ora.fail(1428, x::text);
  END IF;
  RETURN trim_scale(ora.norm(pg_catalog.sqrt(pg_catalog.round(x, greatest(scale(x), 50)))));
END $$;

CREATE OR REPLACE FUNCTION ora.ln(x numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF x <= 0 THEN
    PERFORM ora.fail(1428, x::text);
  END IF;
  RETURN trim_scale(ora.norm(pg_catalog.ln(pg_catalog.round(x, greatest(scale(x), 45)))));
END $$;

CREATE OR REPLACE FUNCTION ora.log(base numeric, x numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF base <= 0 OR base = 1 THEN
    PERFORM ora.fail(1428, base::text);
  END IF;
  RETURN trim_scale(pg_catalog.round(ora.div(ora.ln(x), ora.ln(base)), 37));
END $$;

CREATE OR REPLACE FUNCTION ora.exp(x numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF x > 291 THEN
    PERFORM ora.fail(1426);
  END IF;
  RETURN trim_scale(ora.norm(pg_catalog.exp(pg_catalog.round(x, greatest(scale(x), 45)))));
END $$;

CREATE OR REPLACE FUNCTION ora.bitand(a numeric, b numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT (trunc(a)::bigint & trunc(b)::bigint)::numeric $$;

-- A FLOAT(b): rounded to significant decimal digits.
CREATE OR REPLACE FUNCTION ora.float_digits(x numeric, digits integer) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN x = 0 THEN x ELSE pg_catalog.round(x, digits - 1 - ora.exponent(x)) END
$$;

-- A binary number as NUMBER: 15 significant digits for a double are not enough to come back, so 17 are
-- kept where they are needed (PostgreSQL's shortest exact text).
CREATE OR REPLACE FUNCTION ora.to_number(x double precision) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF x = 'NaN' OR abs(x) >= 1e126 THEN
    PERFORM ora.fail(1426);
  END IF;
  RETURN ora.norm(x::text::numeric);
END $$;

CREATE OR REPLACE FUNCTION ora.to_number(x real) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF x = 'NaN' OR abs(x) = 'Infinity' THEN
    PERFORM ora.fail(1426);
  END IF;
  RETURN ora.norm(x::text::numeric);
END $$;

-- A number too large or too small for a binary type becomes an infinity or zero, not an error.
CREATE OR REPLACE FUNCTION ora.to_double(x numeric) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT x::float8 $$;

CREATE OR REPLACE FUNCTION ora.to_real(x double precision) RETURNS real
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN x > 3.4028235677973366e38 THEN 'Infinity'::real
    WHEN x < -3.4028235677973366e38 THEN '-Infinity'::real
    WHEN abs(x) < 7.006492321624085e-46 THEN 0::real
    ELSE x::real END
$$;

CREATE OR REPLACE FUNCTION ora.decimal_mark() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT left(ora.setting('nls_numeric_characters', '.,'), 1) $$;

-- Text to NUMBER without a format.
CREATE OR REPLACE FUNCTION ora.to_number(x text) RETURNS numeric
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
  mark text := ora.decimal_mark();
BEGIN
  IF mark <> '.' THEN
    x := translate(x, '.' || mark, 'x.');
  END IF;
  IF x !~ '^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$' THEN
    PERFORM ora.fail(1722);
  END IF;
  RETURN ora.norm(x::numeric);
END $$;

CREATE OR REPLACE FUNCTION ora.to_double(x text) RETURNS double precision
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
BEGIN
  CASE upper(btrim(x))
    WHEN 'NAN' THEN RETURN 'NaN'::float8;
    WHEN 'INF', '+INF', 'INFINITY', '+INFINITY' THEN RETURN 'Infinity'::float8;
    WHEN '-INF', '-INFINITY' THEN RETURN '-Infinity'::float8;
    ELSE NULL;
  END CASE;
  IF ora.decimal_mark() <> '.' THEN
    x := translate(x, '.' || ora.decimal_mark(), 'x.');
  END IF;
  IF x !~ '^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?\s*$' THEN
    PERFORM ora.fail(1722);
  END IF;
  RETURN rtrim(x, 'fFdD ')::float8;
EXCEPTION WHEN numeric_value_out_of_range THEN
  RETURN CASE WHEN x LIKE '%-%' AND x !~* 'e-' THEN '-Infinity' WHEN x ~* 'e-' THEN '0' ELSE 'Infinity' END::float8;
END $$;

-- NUMBER to text without a format: no zero before the decimal mark, at most 40 digits.
CREATE OR REPLACE FUNCTION ora.to_char(x numeric) RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
  plain text := trim_scale(x)::text;
  e integer;
  mantissa text;
BEGIN
  IF plain LIKE '0.%' THEN
    plain := substr(plain, 2);
  ELSIF plain LIKE '-0.%' THEN
    plain := '-' || substr(plain, 3);
  END IF;
  IF length(translate(plain, '-.', '')) > 40 THEN
    e := ora.exponent(x);
    IF e BETWEEN -5 AND 38 THEN
      plain := regexp_replace(round(x, 40 - greatest(e + 1, 0))::text, '^(-?)0\.', '\1.');
      plain := CASE WHEN plain LIKE '%.%' THEN rtrim(rtrim(plain, '0'), '.') ELSE plain END;
    ELSE
      mantissa := round(CASE WHEN e >= 0 THEN x / (10::numeric ^ e) ELSE x * (10::numeric ^ (-e)) END, 34)::text;
      plain := mantissa || 'E' || CASE WHEN e < 0 THEN '-' ELSE '+' END || lpad(abs(e)::text, 2, '0');
    END IF;
  END IF;
  RETURN CASE WHEN ora.decimal_mark() = '.' THEN plain ELSE replace(plain, '.', ora.decimal_mark()) END;
END $$;

-- Binary numbers to text: 1.5E+000, with as many digits as the type needs to come back.
CREATE OR REPLACE FUNCTION ora.binary_text(x double precision, digits integer) RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
  n numeric;
  e integer;
BEGIN
  CASE x::text
    WHEN 'NaN' THEN RETURN 'Nan';
    WHEN 'Infinity' THEN RETURN 'Inf';
    WHEN '-Infinity' THEN RETURN '-Inf';
    ELSE NULL;
  END CASE;
  IF x = 0 THEN
    RETURN '0';
  END IF;
  n := x::text::numeric;
  e := ora.exponent(n);
  n := round(CASE WHEN e >= 0 THEN n / (10::numeric ^ e) ELSE n * (10::numeric ^ (-e)) END, digits - 1);
  RETURN replace(rtrim(rtrim(n::text, '0'), '.') || CASE WHEN n::text ~ '^-?\d\.0*$' THEN '.0' ELSE '' END,
      '.', ora.decimal_mark()) || 'E' || CASE WHEN e < 0 THEN '-' ELSE '+' END || lpad(abs(e)::text, 3, '0');
END $$;

CREATE OR REPLACE FUNCTION ora.to_char(x double precision) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$ SELECT ora.binary_text(x, 17) $$;

CREATE OR REPLACE FUNCTION ora.to_char(x real) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$ SELECT ora.binary_text(x::text::float8, 9) $$;
