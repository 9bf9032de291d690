-- How Oracle's views are made: each is written once as a SELECT whose column names are Oracle's and whose
-- types are the domains below (a domain says the Oracle type), and published under PostgreSQL names
-- that need no quotes (sys.all_tables with columns c1, c2, …), together with its description.
CREATE SCHEMA sys;

DO $$
DECLARE size integer;
BEGIN
    FOREACH size IN ARRAY ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 27, 30, 32,
                                40, 44, 48, 64, 80, 100, 101, 106, 128, 160, 255, 256, 257, 261, 512, 1024, 4000] LOOP
        EXECUTE format('CREATE DOMAIN dict.v%s AS text', size);
    END LOOP;
END $$;
CREATE DOMAIN dict.num AS numeric;
CREATE DOMAIN dict.dat AS timestamp(0);
CREATE DOMAIN dict.lng AS text;
CREATE DOMAIN dict.clb AS text;
CREATE DOMAIN dict.raw8 AS bytea;

CREATE TABLE dict.catalog_views (
    name text PRIMARY KEY,
    source text NOT NULL,
    everybody boolean NOT NULL                    -- false: needs SELECT_CATALOG_ROLE or SELECT ANY DICTIONARY
);
CREATE TABLE dict.catalog_columns (
    view_name text NOT NULL REFERENCES dict.catalog_views ON DELETE CASCADE,
    position integer NOT NULL,
    name text NOT NULL,
    domain text NOT NULL,
    PRIMARY KEY (view_name, position)
);

CREATE FUNCTION dict.me() RETURNS text LANGUAGE sql STABLE AS
    $$ SELECT current_setting('ora.user', true) $$;

CREATE VIEW dict.my_grantees AS
WITH RECURSIVE mine (name) AS (
    SELECT dict.me()
    UNION SELECT 'PUBLIC'
    UNION SELECT granted.role FROM dict.role_privs AS granted JOIN mine ON granted.grantee = mine.name
)
SELECT name FROM mine WHERE name IS NOT NULL;

CREATE VIEW dict.my_sys_privs AS
SELECT DISTINCT privilege FROM dict.sys_privs WHERE grantee IN (SELECT name FROM dict.my_grantees);

-- What ALL_ views show: one's own, what was granted, and everything under an … ANY … privilege.
CREATE VIEW dict.visible_objects AS
SELECT object_id FROM dict.objects WHERE owner IN (dict.me(), 'PUBLIC')
UNION
SELECT object_id FROM dict.tab_privs WHERE grantee IN (SELECT name FROM dict.my_grantees)
UNION
SELECT object_id FROM dict.objects
WHERE (type IN ('TABLE', 'VIEW') AND EXISTS (
        SELECT FROM dict.my_sys_privs
        WHERE privilege IN ('SELECT ANY TABLE', 'READ ANY TABLE', 'INSERT ANY TABLE', 'UPDATE ANY TABLE',
                            'DELETE ANY TABLE', 'ALTER ANY TABLE', 'DROP ANY TABLE', 'LOCK ANY TABLE',
                            'COMMENT ANY TABLE')))
   OR (type = 'SEQUENCE' AND EXISTS (
        SELECT FROM dict.my_sys_privs
        WHERE privilege IN ('SELECT ANY SEQUENCE', 'ALTER ANY SEQUENCE', 'DROP ANY SEQUENCE')))
   OR (type = 'SYNONYM' AND EXISTS (SELECT FROM dict.my_sys_privs WHERE privilege LIKE '% ANY SYNONYM'));

-- Publish one view. Columns of "query" that begin with an underscore are for its condition only.
CREATE PROCEDURE dict.publish(view_name text, everybody boolean, query text, condition text DEFAULT 'true',
                              without text DEFAULT NULL)
LANGUAGE plpgsql AS $$
DECLARE
    physical text := 'sys.' || replace(lower(view_name), '$', '_');
    listed text;
    aliases text;
BEGIN
    EXECUTE format('CREATE TEMP VIEW published AS SELECT * FROM (%s) AS q', query);
    INSERT INTO dict.catalog_views VALUES (view_name, physical, everybody);
    INSERT INTO dict.catalog_columns
    SELECT view_name, row_number() OVER (ORDER BY attnum), upper(attname), typname
    FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
    WHERE attrelid = 'published'::regclass AND attnum > 0 AND left(attname, 1) <> '_'
      AND attname IS DISTINCT FROM without;
    SELECT string_agg(quote_ident(lower(name)), ', ' ORDER BY position), string_agg('c' || position, ', ' ORDER BY position)
    INTO listed, aliases FROM dict.catalog_columns AS c WHERE c.view_name = publish.view_name;
    DROP VIEW published;
    EXECUTE format('CREATE VIEW %s (%s) AS SELECT %s FROM (%s) AS q WHERE %s', physical, aliases, listed, query, condition);
END $$;

-- Publish ALL_, USER_ and DBA_ of one family. "query" has the owner's column (dropped in USER_, unless it
-- stays there as in USER_CONSTRAINTS) and _object_id, whose visibility decides for ALL_.
CREATE PROCEDURE dict.publish_family(family text, query text, owner_column text DEFAULT 'owner',
                                     owner_stays boolean DEFAULT false)
LANGUAGE plpgsql AS $$
BEGIN
    CALL dict.publish('ALL_' || family, true, query, '_object_id IN (SELECT object_id FROM dict.visible_objects)');
    CALL dict.publish('USER_' || family, true, query, format('%I = dict.me()', owner_column),
                      CASE WHEN owner_stays THEN NULL ELSE owner_column END);
    CALL dict.publish('DBA_' || family, false, query);
END $$;

CREATE FUNCTION dict.yes(boolean) RETURNS dict.v3 LANGUAGE sql IMMUTABLE AS
    $$ SELECT (CASE WHEN $1 THEN 'YES' ELSE 'NO' END)::dict.v3 $$;

CREATE FUNCTION dict.is_text(type_name text) RETURNS boolean LANGUAGE sql IMMUTABLE AS
    $$ SELECT type_name IN ('VARCHAR2', 'CHAR', 'NVARCHAR2', 'NCHAR') $$;

-- DATA_TYPE: the timestamp types carry their digits in the name.
CREATE FUNCTION dict.data_type(type_name text, scale integer) RETURNS dict.v128 LANGUAGE sql IMMUTABLE AS $$
    SELECT (CASE
        WHEN type_name LIKE 'TIMESTAMP%' THEN 'TIMESTAMP(' || coalesce(scale, 6) || ')' || substr(type_name, 10)
        WHEN type_name = 'INTERVAL DAY TO SECOND' THEN 'INTERVAL DAY(2) TO SECOND(' || coalesce(scale, 6) || ')'
        ELSE type_name END)::dict.v128 $$;

-- DATA_LENGTH: bytes, whatever unit the length was declared in.
CREATE FUNCTION dict.data_length(type_name text, length integer, char_semantics boolean, scale integer)
RETURNS dict.num LANGUAGE sql STABLE AS $$
    SELECT (CASE type_name
        WHEN 'VARCHAR2' THEN least(length * CASE WHEN char_semantics THEN 4 ELSE 1 END,
                                   (SELECT value::integer FROM dict.meta WHERE key = 'max_string_bytes'))
        WHEN 'CHAR' THEN least(length * CASE WHEN char_semantics THEN 4 ELSE 1 END, 2000)
        WHEN 'NVARCHAR2' THEN length * 2
        WHEN 'NCHAR' THEN length * 2
        WHEN 'NUMBER' THEN 22 WHEN 'FLOAT' THEN 22
        WHEN 'BINARY_FLOAT' THEN 4 WHEN 'BINARY_DOUBLE' THEN 8
        WHEN 'DATE' THEN 7
        WHEN 'TIMESTAMP' THEN CASE WHEN scale = 0 THEN 7 ELSE 11 END
        WHEN 'TIMESTAMP WITH LOCAL TIME ZONE' THEN CASE WHEN scale = 0 THEN 7 ELSE 11 END
        WHEN 'TIMESTAMP WITH TIME ZONE' THEN 13
        WHEN 'INTERVAL DAY TO SECOND' THEN 11
        WHEN 'RAW' THEN length
        WHEN 'LONG' THEN 0 WHEN 'LONG RAW' THEN 0
        WHEN 'ROWID' THEN 10 WHEN 'BOOLEAN' THEN 1 WHEN 'JSON' THEN 8200 WHEN 'VECTOR' THEN 8200
        ELSE 4000 END)::dict.num $$;
