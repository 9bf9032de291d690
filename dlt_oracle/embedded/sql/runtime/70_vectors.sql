-- VECTOR: an array of floats; the column's checks and conversions keep its dimensions and its format.

CREATE OR REPLACE FUNCTION ora.has_dimensions(x float8[], required integer) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF cardinality(x) <> required THEN
    PERFORM ora.fail(51803, cardinality(x)::text, required::text);
  END IF;
  RETURN true;
END $$;

-- [1, 2.5, 3e2]
CREATE OR REPLACE FUNCTION ora.to_vector(x text) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN translate(x, '[]', '{}')::float8[];
EXCEPTION WHEN invalid_text_representation THEN
  PERFORM ora.fail(51805);
END $$;

CREATE OR REPLACE FUNCTION ora.from_vector(x float8[]) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT '[' || array_to_string(x, ',') || ']' $$;
