CALL dict.publish('ALL_USERS', true, $$
SELECT username::dict.v128 AS username, user_id::dict.num AS user_id, created::dict.dat AS created,
    'NO'::dict.v3 AS common, CASE WHEN oracle_maintained THEN 'Y' ELSE 'N' END::dict.v1 AS oracle_maintained,
    'NO'::dict.v3 AS inherited, 'USING_NLS_COMP'::dict.v100 AS default_collation, 'NO'::dict.v3 AS implicit,
    'NO'::dict.v3 AS all_shard
FROM dict.users $$);

CALL dict.publish('USER_USERS', true, $$
SELECT username::dict.v128 AS username, user_id::dict.num AS user_id,
    (CASE WHEN expired THEN 'EXPIRED' WHEN locked THEN 'LOCKED' ELSE 'OPEN' END)::dict.v32 AS account_status,
    NULL::dict.dat AS lock_date, NULL::dict.dat AS expiry_date, default_tablespace::dict.v30 AS default_tablespace,
    temporary_tablespace::dict.v30 AS temporary_tablespace, temporary_tablespace::dict.v30 AS local_temp_tablespace,
    created::dict.dat AS created, NULL::dict.v128 AS initial_rsrc_consumer_group, NULL::dict.v4000 AS external_name,
    'NO'::dict.v3 AS proxy_only_connect, 'NO'::dict.v3 AS common,
    CASE WHEN oracle_maintained THEN 'Y' ELSE 'N' END::dict.v1 AS oracle_maintained
FROM dict.users $$, 'username = dict.me()');

CALL dict.publish('DBA_USERS', false, $$
SELECT username::dict.v128 AS username, user_id::dict.num AS user_id, NULL::dict.v4000 AS password,
    (CASE WHEN expired THEN 'EXPIRED' WHEN locked THEN 'LOCKED' ELSE 'OPEN' END)::dict.v32 AS account_status,
    NULL::dict.dat AS lock_date, NULL::dict.dat AS expiry_date, default_tablespace::dict.v30 AS default_tablespace,
    temporary_tablespace::dict.v30 AS temporary_tablespace, created::dict.dat AS created, profile::dict.v128 AS profile,
    CASE WHEN salt IS NULL THEN 'NONE' ELSE 'PASSWORD' END::dict.v8 AS authentication_type, 'NO'::dict.v3 AS common,
    CASE WHEN oracle_maintained THEN 'Y' ELSE 'N' END::dict.v1 AS oracle_maintained
FROM dict.users $$);

CALL dict.publish('USER_TS_QUOTAS', true, $$
SELECT tablespace::dict.v30 AS tablespace_name,
    (SELECT coalesce(sum(pg_total_relation_size(to_regclass('data.t' || o.object_id))), 0)
     FROM dict.objects AS o JOIN dict.tables AS t USING (object_id)
     WHERE o.owner = username AND t.tablespace = q.tablespace AND t.segment_created)::dict.num AS bytes,
    max_bytes::dict.num AS max_bytes, NULL::dict.num AS blocks,
    (CASE WHEN max_bytes < 0 THEN -1 ELSE max_bytes / 8192 END)::dict.num AS max_blocks, 'NO'::dict.v3 AS dropped,
    username AS _username
FROM dict.quotas AS q $$, '_username = dict.me()');

CALL dict.publish('DBA_TS_QUOTAS', false, $$
SELECT tablespace::dict.v30 AS tablespace_name, username::dict.v128 AS username,
    (SELECT coalesce(sum(pg_total_relation_size(to_regclass('data.t' || o.object_id))), 0)
     FROM dict.objects AS o JOIN dict.tables AS t USING (object_id)
     WHERE o.owner = username AND t.tablespace = q.tablespace AND t.segment_created)::dict.num AS bytes,
    max_bytes::dict.num AS max_bytes, NULL::dict.num AS blocks,
    (CASE WHEN max_bytes < 0 THEN -1 ELSE max_bytes / 8192 END)::dict.num AS max_blocks, 'NO'::dict.v3 AS dropped
FROM dict.quotas AS q $$);

CALL dict.publish('USER_SYS_PRIVS', true, $$
SELECT grantee::dict.v128 AS username, privilege::dict.v40 AS privilege, dict.yes(admin_option) AS admin_option,
    'NO'::dict.v3 AS common, 'NO'::dict.v3 AS inherited
FROM dict.sys_privs $$, 'username IN (dict.me(), ''PUBLIC'')');

CALL dict.publish('DBA_SYS_PRIVS', false, $$
SELECT grantee::dict.v128 AS grantee, privilege::dict.v40 AS privilege, dict.yes(admin_option) AS admin_option,
    'NO'::dict.v3 AS common, 'NO'::dict.v3 AS inherited
FROM dict.sys_privs $$);

CALL dict.publish('USER_ROLE_PRIVS', true, $$
SELECT grantee::dict.v128 AS username, role::dict.v128 AS granted_role, dict.yes(admin_option) AS admin_option,
    'NO'::dict.v3 AS delegate_option, 'YES'::dict.v3 AS default_role, 'NO'::dict.v3 AS os_granted,
    'NO'::dict.v3 AS common, 'NO'::dict.v3 AS inherited
FROM dict.role_privs $$, 'username = dict.me()');

CALL dict.publish('DBA_ROLE_PRIVS', false, $$
SELECT grantee::dict.v128 AS grantee, role::dict.v128 AS granted_role, dict.yes(admin_option) AS admin_option,
    'NO'::dict.v3 AS delegate_option, 'YES'::dict.v3 AS default_role, 'NO'::dict.v3 AS common, 'NO'::dict.v3 AS inherited
FROM dict.role_privs $$);

CALL dict.publish('DBA_ROLES', false, $$
SELECT role::dict.v128 AS role, role_id::dict.num AS role_id, 'NO'::dict.v8 AS password_required,
    'NONE'::dict.v11 AS authentication_type, 'NO'::dict.v3 AS common,
    CASE WHEN oracle_maintained THEN 'Y' ELSE 'N' END::dict.v1 AS oracle_maintained
FROM dict.roles $$);

CALL dict.publish('SESSION_PRIVS', true, $$ SELECT privilege::dict.v40 AS privilege FROM dict.my_sys_privs $$);

CALL dict.publish('SESSION_ROLES', true, $$
SELECT g.name::dict.v128 AS role FROM dict.my_grantees AS g JOIN dict.roles AS r ON r.role = g.name $$);

CALL dict.publish('ALL_TAB_PRIVS', true, $$
SELECT p.grantor::dict.v128 AS grantor, p.grantee::dict.v128 AS grantee, o.owner::dict.v128 AS table_schema,
    o.name::dict.v128 AS table_name, p.privilege::dict.v40 AS privilege, dict.yes(p.grantable) AS grantable,
    'NO'::dict.v3 AS hierarchy, 'NO'::dict.v3 AS common, o.type::dict.v24 AS type, 'NO'::dict.v3 AS inherited
FROM dict.tab_privs AS p JOIN dict.objects AS o USING (object_id) $$,
'grantor = dict.me() OR table_schema = dict.me() OR grantee IN (SELECT name FROM dict.my_grantees)');

-- Rights on columns cannot be granted here.
CALL dict.publish('ALL_COL_PRIVS', true, $$
SELECT NULL::dict.v128 AS grantor, NULL::dict.v128 AS grantee, NULL::dict.v128 AS table_schema,
    NULL::dict.v128 AS table_name, NULL::dict.v128 AS column_name, NULL::dict.v40 AS privilege,
    NULL::dict.v3 AS grantable, NULL::dict.v3 AS common, NULL::dict.v3 AS inherited WHERE false $$);

CALL dict.publish('USER_TAB_PRIVS', true, $$
SELECT p.grantee::dict.v128 AS grantee, o.owner::dict.v128 AS owner, o.name::dict.v128 AS table_name,
    p.grantor::dict.v128 AS grantor, p.privilege::dict.v40 AS privilege, dict.yes(p.grantable) AS grantable,
    'NO'::dict.v3 AS hierarchy, 'NO'::dict.v3 AS common, o.type::dict.v24 AS type, 'NO'::dict.v3 AS inherited
FROM dict.tab_privs AS p JOIN dict.objects AS o USING (object_id) $$, 'dict.me() IN (grantee, owner, grantor)');

CALL dict.publish('DBA_TAB_PRIVS', false, $$
SELECT p.grantee::dict.v128 AS grantee, o.owner::dict.v128 AS owner, o.name::dict.v128 AS table_name,
    p.grantor::dict.v128 AS grantor, p.privilege::dict.v40 AS privilege, dict.yes(p.grantable) AS grantable,
    'NO'::dict.v3 AS hierarchy, 'NO'::dict.v3 AS common, o.type::dict.v24 AS type, 'NO'::dict.v3 AS inherited
FROM dict.tab_privs AS p JOIN dict.objects AS o USING (object_id) $$);

CALL dict.publish('USER_TABLESPACES', true, $$
SELECT name::dict.v30 AS tablespace_name, 8192::dict.num AS block_size, 'ONLINE'::dict.v9 AS status,
    contents::dict.v21 AS contents, 'LOGGING'::dict.v9 AS logging
FROM dict.tablespaces $$);

CALL dict.publish('DBA_TABLESPACES', false, $$
SELECT name::dict.v30 AS tablespace_name, 8192::dict.num AS block_size, 'ONLINE'::dict.v9 AS status,
    contents::dict.v21 AS contents, 'LOGGING'::dict.v9 AS logging
FROM dict.tablespaces $$);
