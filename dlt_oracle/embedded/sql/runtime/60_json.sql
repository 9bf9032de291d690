-- Text as JSON; NULL for what is none: NULL ON ERROR is the default of Oracle's JSON functions. PL/pgSQL,
-- because a constant in a CASE of SQL would be cast before it is tested.
CREATE OR REPLACE FUNCTION ora.json(x text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF x IS JSON THEN
    RETURN x::jsonb;
  END IF;
  RETURN NULL;
END $$;

-- Without the blanks that PostgreSQL puts between fields and values.
CREATE OR REPLACE FUNCTION ora.json_text(x jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN CASE jsonb_typeof(x)
    WHEN 'object' THEN (SELECT '{' || coalesce(string_agg(to_json(key) || ':' || ora.json_text(value), ','), '') || '}'
                        FROM jsonb_each(x))
    WHEN 'array' THEN (SELECT '[' || coalesce(string_agg(ora.json_text(value), ',' ORDER BY n), '') || ']'
                       FROM jsonb_array_elements(x) WITH ORDINALITY AS item (value, n))
    ELSE x::text END;
END $$;

CREATE OR REPLACE FUNCTION ora.json(x jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT x $$;
