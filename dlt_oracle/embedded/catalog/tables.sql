-- The dictionary proper: what Oracle keeps in SYS's base tables. Every name people give lives here and
-- only here; PostgreSQL knows numbers (data.t17, column c3), so length, case and renames cost nothing.
CREATE SCHEMA dict;
CREATE SCHEMA data;

CREATE TABLE dict.meta (key text PRIMARY KEY, value text NOT NULL);

CREATE SEQUENCE dict.object_ids START 70001;      -- as a fresh database: users' objects start above SYS's
CREATE SEQUENCE dict.constraint_ids START 8001;   -- SYS_C008001 and up
CREATE SEQUENCE dict.user_ids START 107;

CREATE TABLE dict.users (
    user_id integer PRIMARY KEY,
    username text NOT NULL UNIQUE,
    salt bytea,                                   -- NULL for a schema-only account
    password_hash bytea,
    locked boolean NOT NULL DEFAULT false,
    expired boolean NOT NULL DEFAULT false,
    default_tablespace text NOT NULL DEFAULT 'USERS',
    temporary_tablespace text NOT NULL DEFAULT 'TEMP',
    profile text NOT NULL DEFAULT 'DEFAULT',
    created timestamp(0) NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    oracle_maintained boolean NOT NULL DEFAULT false
);

CREATE TABLE dict.roles (
    role text PRIMARY KEY,
    role_id integer NOT NULL,
    oracle_maintained boolean NOT NULL DEFAULT false
);

CREATE TABLE dict.tablespaces (
    name text PRIMARY KEY,
    contents text NOT NULL                        -- PERMANENT, TEMPORARY, UNDO
);

-- A grantee is a user, a role or PUBLIC.
CREATE TABLE dict.sys_privs (
    grantee text NOT NULL,
    privilege text NOT NULL,
    admin_option boolean NOT NULL DEFAULT false,
    PRIMARY KEY (grantee, privilege)
);

CREATE TABLE dict.role_privs (
    grantee text NOT NULL,
    role text NOT NULL REFERENCES dict.roles ON DELETE CASCADE,
    admin_option boolean NOT NULL DEFAULT false,
    PRIMARY KEY (grantee, role)
);

CREATE TABLE dict.quotas (
    username text NOT NULL REFERENCES dict.users (username) ON DELETE CASCADE,
    tablespace text NOT NULL REFERENCES dict.tablespaces,
    max_bytes bigint NOT NULL,                    -- -1 is UNLIMITED
    PRIMARY KEY (username, tablespace)
);

CREATE TABLE dict.objects (
    object_id bigint PRIMARY KEY DEFAULT nextval('dict.object_ids'),
    owner text NOT NULL,                          -- a user, or PUBLIC for public synonyms
    name text NOT NULL,
    type text NOT NULL,                           -- TABLE, VIEW, INDEX, SEQUENCE, SYNONYM
    namespace integer NOT NULL,                   -- 1 tables, views, sequences, synonyms; 4 indexes
    created timestamp(0) NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    last_ddl timestamp(0) NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    status text NOT NULL DEFAULT 'VALID',
    temporary boolean NOT NULL DEFAULT false,
    generated boolean NOT NULL DEFAULT false,
    UNIQUE (owner, namespace, name)
);

CREATE TABLE dict.tables (
    object_id bigint PRIMARY KEY REFERENCES dict.objects ON DELETE CASCADE,
    tablespace text,                              -- NULL for temporary and partitioned tables
    duration text,                                -- SYS$TRANSACTION, SYS$SESSION: global temporary tables
    logging boolean NOT NULL DEFAULT true,
    compression text NOT NULL DEFAULT 'DISABLED', -- ENABLED, DISABLED
    compress_for text,                            -- BASIC, ADVANCED, QUERY HIGH, …
    degree text NOT NULL DEFAULT '1',
    cache boolean NOT NULL DEFAULT false,
    pct_free integer NOT NULL DEFAULT 10,
    row_movement boolean NOT NULL DEFAULT false,
    index_organized boolean NOT NULL DEFAULT false,
    segment_created boolean NOT NULL DEFAULT false,
    next_column integer NOT NULL DEFAULT 1,       -- the next c<n>; never used twice
    num_rows bigint,
    blocks bigint,
    last_analyzed timestamp(0),
    comments text,
    partitioning_type text,                       -- RANGE, LIST, HASH; NULL when not partitioned
    subpartitioning_type text,
    interval_text text,
    definition_version bigint NOT NULL DEFAULT 1  -- tells a session that its private copy is out of date
);

CREATE TABLE dict.columns (
    object_id bigint NOT NULL REFERENCES dict.objects ON DELETE CASCADE,
    internal_id integer NOT NULL,                 -- n of c<n>
    column_id integer,                            -- Oracle's position; NULL when invisible or unused
    name text NOT NULL,
    type_name text NOT NULL,                      -- model.TypeName's value
    length integer,
    char_semantics boolean NOT NULL DEFAULT false,
    precision integer,
    scale integer,
    vector_format text,                           -- model.VectorFormat's value; NULL for other types
    nullable boolean NOT NULL DEFAULT true,
    default_text text,                            -- as it was written
    default_sql text,                             -- as PostgreSQL runs it
    default_on_null boolean NOT NULL DEFAULT false,
    identity text,                                -- ALWAYS, BY DEFAULT, BY DEFAULT ON NULL
    identity_options text,
    sequence_id bigint,
    hidden boolean NOT NULL DEFAULT false,
    virtual boolean NOT NULL DEFAULT false,
    unused boolean NOT NULL DEFAULT false,
    comments text,
    PRIMARY KEY (object_id, internal_id),
    UNIQUE (object_id, name)
);

CREATE TABLE dict.constraints (
    constraint_id bigint PRIMARY KEY DEFAULT nextval('dict.constraint_ids'),
    owner text NOT NULL,
    name text NOT NULL,
    type text NOT NULL,                           -- P, U, R, C
    object_id bigint NOT NULL REFERENCES dict.objects ON DELETE CASCADE,
    condition text,
    not_null boolean NOT NULL DEFAULT false,      -- a C made by NOT NULL
    referenced_id bigint REFERENCES dict.constraints,
    delete_rule text,                             -- NO ACTION, CASCADE, SET NULL
    enabled boolean NOT NULL DEFAULT true,
    validated boolean NOT NULL DEFAULT true,
    can_defer boolean NOT NULL DEFAULT false,
    starts_deferred boolean NOT NULL DEFAULT false,
    rely boolean NOT NULL DEFAULT false,
    generated boolean NOT NULL DEFAULT false,
    index_id bigint,
    last_change timestamp(0) NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
    UNIQUE (owner, name)
);
CREATE INDEX ON dict.constraints (object_id);

CREATE TABLE dict.constraint_columns (
    constraint_id bigint NOT NULL REFERENCES dict.constraints ON DELETE CASCADE,
    position integer NOT NULL,
    internal_id integer NOT NULL,
    PRIMARY KEY (constraint_id, position)
);

CREATE TABLE dict.indexes (
    object_id bigint PRIMARY KEY REFERENCES dict.objects ON DELETE CASCADE,
    table_id bigint NOT NULL REFERENCES dict.objects ON DELETE CASCADE,
    is_unique boolean NOT NULL,
    index_type text NOT NULL DEFAULT 'NORMAL',    -- NORMAL, NORMAL/REV, BITMAP, FUNCTION-BASED NORMAL
    tablespace text,
    compression text NOT NULL DEFAULT 'DISABLED',
    prefix_length integer,
    logging boolean NOT NULL DEFAULT true,
    degree text NOT NULL DEFAULT '1',
    visible boolean NOT NULL DEFAULT true,
    usable boolean NOT NULL DEFAULT true,
    local boolean NOT NULL DEFAULT false,
    implicit boolean NOT NULL DEFAULT false       -- made by a constraint, dropped with it
);
CREATE INDEX ON dict.indexes (table_id);

CREATE TABLE dict.index_columns (
    object_id bigint NOT NULL REFERENCES dict.objects ON DELETE CASCADE,
    position integer NOT NULL,
    internal_id integer,                          -- NULL for an expression
    expression text,
    descending boolean NOT NULL DEFAULT false,
    PRIMARY KEY (object_id, position)
);

CREATE TABLE dict.views (
    object_id bigint PRIMARY KEY REFERENCES dict.objects ON DELETE CASCADE,
    text text NOT NULL,
    comments text,
    read_only boolean NOT NULL DEFAULT false,
    check_option boolean NOT NULL DEFAULT false
);

CREATE TABLE dict.sequences (
    object_id bigint PRIMARY KEY REFERENCES dict.objects ON DELETE CASCADE,
    min_value numeric NOT NULL,
    max_value numeric NOT NULL,
    increment_by numeric NOT NULL,
    cycle boolean NOT NULL DEFAULT false,
    ordered boolean NOT NULL DEFAULT false,
    cache_size bigint NOT NULL DEFAULT 20
);

CREATE TABLE dict.synonyms (
    object_id bigint PRIMARY KEY REFERENCES dict.objects ON DELETE CASCADE,
    target_owner text NOT NULL,
    target_name text NOT NULL
);

CREATE TABLE dict.tab_privs (
    grantee text NOT NULL,
    object_id bigint NOT NULL REFERENCES dict.objects ON DELETE CASCADE,
    privilege text NOT NULL,
    grantor text NOT NULL,
    grantable boolean NOT NULL DEFAULT false,
    PRIMARY KEY (grantee, object_id, privilege)
);

CREATE TABLE dict.partition_keys (
    object_id bigint NOT NULL REFERENCES dict.objects ON DELETE CASCADE,
    position integer NOT NULL,
    internal_id integer NOT NULL,
    subpartition boolean NOT NULL DEFAULT false,
    PRIMARY KEY (object_id, subpartition, position)
);

CREATE TABLE dict.partitions (
    object_id bigint NOT NULL REFERENCES dict.objects ON DELETE CASCADE,
    position integer NOT NULL,
    name text NOT NULL,
    high_value text,                              -- as written; NULL for HASH
    bounds text[] NOT NULL,                       -- the upper bounds or the values, as PostgreSQL writes them
    condition_sql text,                           -- which rows of the table are in it, as PostgreSQL asks
    tablespace text,
    generated boolean NOT NULL DEFAULT false,
    PRIMARY KEY (object_id, name)
);

-- What V$SESSION shows; the server writes it anew before a statement that reads V$SESSION.
CREATE UNLOGGED TABLE dict.sessions (
    sid integer NOT NULL,
    serial integer NOT NULL,
    username text NOT NULL,
    schemaname text NOT NULL,
    status text NOT NULL,
    module text,
    action text,
    client_identifier text,
    client_info text,
    logon_time timestamp(0) NOT NULL,
    audsid bigint NOT NULL
);

CREATE TABLE dict.parameters (
    name text PRIMARY KEY,                        -- lower case, as V$PARAMETER shows it
    type integer NOT NULL,                        -- 1 boolean, 2 string, 3 integer, 6 big integer
    value text
);

CREATE TABLE dict.nls_database (position integer PRIMARY KEY, parameter text NOT NULL, value text);
