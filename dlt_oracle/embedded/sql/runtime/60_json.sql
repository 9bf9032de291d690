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

CREATE OR REPLACE FUNCTION ora.json(x jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT x $$;
