CALL dict.publish('V$VERSION', true, $$
SELECT (SELECT value FROM dict.meta WHERE key = 'banner')::dict.v80 AS banner,
    ((SELECT value FROM dict.meta WHERE key = 'banner') || chr(10) || 'Version '
     || (SELECT value FROM dict.meta WHERE key = 'version_full'))::dict.v160 AS banner_full,
    (SELECT value FROM dict.meta WHERE key = 'banner')::dict.v80 AS banner_legacy, 0::dict.num AS con_id $$);

CALL dict.publish('PRODUCT_COMPONENT_VERSION', true, $$
SELECT (SELECT value FROM dict.meta WHERE key = 'product')::dict.v128 AS product,
    (SELECT value FROM dict.meta WHERE key = 'version')::dict.v128 AS version,
    (SELECT value FROM dict.meta WHERE key = 'version_full')::dict.v128 AS version_full,
    'Production'::dict.v128 AS status $$);

CALL dict.publish('V$INSTANCE', false, $$
SELECT 1::dict.num AS instance_number, (SELECT value FROM dict.meta WHERE key = 'instance_name')::dict.v16 AS instance_name,
    'localhost'::dict.v64 AS host_name, (SELECT value FROM dict.meta WHERE key = 'version')::dict.v17 AS version,
    (SELECT value FROM dict.meta WHERE key = 'version_full')::dict.v17 AS version_full,
    pg_postmaster_start_time()::timestamp(0)::dict.dat AS startup_time, 'OPEN'::dict.v12 AS status,
    'NO'::dict.v3 AS parallel, 1::dict.num AS "thread#", 'STOPPED'::dict.v7 AS archiver,
    'ALLOWED'::dict.v10 AS logins, 'ACTIVE'::dict.v17 AS database_status, 'PRIMARY_INSTANCE'::dict.v18 AS instance_role,
    'NORMAL'::dict.v9 AS active_state, 'NO'::dict.v3 AS blocked, 0::dict.num AS con_id, 'REGULAR'::dict.v11 AS instance_mode,
    'EE'::dict.v7 AS edition $$);

CALL dict.publish('V$DATABASE', false, $$
SELECT (SELECT value FROM dict.meta WHERE key = 'instance_name')::dict.v9 AS name,
    'READ WRITE'::dict.v20 AS open_mode, 'NOARCHIVELOG'::dict.v12 AS log_mode, 'PRIMARY'::dict.v16 AS database_role,
    'NO'::dict.v3 AS force_logging, 'Embedded stand-in (PostgreSQL)'::dict.v101 AS platform_name $$);

CALL dict.publish('V$PARAMETER', false, $$
SELECT row_number() OVER (ORDER BY name)::dict.num AS num, name::dict.v80 AS name, type::dict.num AS type,
    value::dict.v4000 AS value, value::dict.v4000 AS display_value, value::dict.v255 AS default_value,
    'TRUE'::dict.v9 AS isdefault, 'FALSE'::dict.v5 AS isses_modifiable, 'FALSE'::dict.v9 AS issys_modifiable
FROM dict.parameters $$);

CALL dict.publish('V$SESSION', false, $$
SELECT sid::dict.num AS sid, serial::dict.num AS "serial#", audsid::dict.num AS audsid,
    (SELECT u.user_id FROM dict.users AS u WHERE u.username = s.username)::dict.num AS "user#",
    username::dict.v128 AS username, status::dict.v8 AS status, 'DEDICATED'::dict.v9 AS server,
    schemaname::dict.v128 AS schemaname, module::dict.v64 AS module, action::dict.v64 AS action,
    client_info::dict.v64 AS client_info, client_identifier::dict.v64 AS client_identifier,
    logon_time::dict.dat AS logon_time, 'USER'::dict.v10 AS type,
    (SELECT value FROM dict.meta WHERE key = 'service_name')::dict.v64 AS service_name
FROM dict.sessions AS s $$);

CALL dict.publish('NLS_DATABASE_PARAMETERS', true, $$
SELECT parameter::dict.v128 AS parameter,
    (CASE parameter WHEN 'NLS_RDBMS_VERSION' THEN (SELECT m.value FROM dict.meta AS m WHERE key = 'version') ELSE value END)::dict.v64 AS value
FROM dict.nls_database $$);

CALL dict.publish('NLS_INSTANCE_PARAMETERS', true, $$
SELECT parameter::dict.v128 AS parameter,
    (CASE WHEN parameter IN ('NLS_LANGUAGE', 'NLS_TERRITORY', 'NLS_LENGTH_SEMANTICS', 'NLS_COMP', 'NLS_NCHAR_CONV_EXCP')
          THEN value END)::dict.v64 AS value
FROM dict.nls_database WHERE parameter NOT IN ('NLS_RDBMS_VERSION', 'NLS_CHARACTERSET', 'NLS_NCHAR_CHARACTERSET') $$);

CALL dict.publish('NLS_SESSION_PARAMETERS', true, $$
SELECT parameter::dict.v128 AS parameter,
    coalesce(nullif(current_setting('ora.' || lower(parameter), true), ''), value)::dict.v64 AS value
FROM dict.nls_database WHERE parameter NOT IN ('NLS_RDBMS_VERSION', 'NLS_CHARACTERSET', 'NLS_NCHAR_CHARACTERSET') $$);

CALL dict.publish('V$NLS_PARAMETERS', true, $$
SELECT parameter::dict.v64 AS parameter,
    coalesce(nullif(current_setting('ora.' || lower(parameter), true), ''), value)::dict.v64 AS value, 0::dict.num AS con_id
FROM dict.nls_database WHERE parameter <> 'NLS_RDBMS_VERSION' $$);

CALL dict.publish('DUAL', true, $$ SELECT 'X'::dict.v1 AS dummy $$);
