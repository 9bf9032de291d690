CALL dict.publish_family('TABLES', $$
SELECT o.owner::dict.v128 AS owner, o.name::dict.v128 AS table_name, t.tablespace::dict.v30 AS tablespace_name,
    NULL::dict.v128 AS cluster_name, NULL::dict.v128 AS iot_name, 'VALID'::dict.v8 AS status,
    CASE WHEN t.partitioning_type IS NULL AND NOT o.temporary THEN t.pct_free END::dict.num AS pct_free,
    NULL::dict.num AS pct_used, CASE WHEN t.partitioning_type IS NULL THEN 1 END::dict.num AS ini_trans,
    CASE WHEN t.partitioning_type IS NULL THEN 255 END::dict.num AS max_trans,
    CASE WHEN t.segment_created THEN 65536 END::dict.num AS initial_extent,
    CASE WHEN t.segment_created THEN 1048576 END::dict.num AS next_extent,
    CASE WHEN o.temporary THEN 'NO' WHEN t.partitioning_type IS NOT NULL THEN NULL
         WHEN t.logging THEN 'YES' ELSE 'NO' END::dict.v3 AS logging,
    'N'::dict.v1 AS backed_up, t.num_rows::dict.num AS num_rows, t.blocks::dict.num AS blocks,
    NULL::dict.num AS empty_blocks, NULL::dict.num AS avg_row_len,
    lpad(t.degree, 10)::dict.v40 AS degree, lpad('1', 10)::dict.v40 AS instances,
    lpad(CASE WHEN t.cache THEN 'Y' ELSE 'N' END, 5)::dict.v20 AS cache, 'ENABLED'::dict.v8 AS table_lock,
    NULL::dict.num AS sample_size, t.last_analyzed::dict.dat AS last_analyzed,
    CASE WHEN t.partitioning_type IS NULL THEN 'NO' ELSE 'YES' END::dict.v3 AS partitioned,
    CASE WHEN t.index_organized THEN 'IOT' END::dict.v12 AS iot_type,
    CASE WHEN o.temporary THEN 'Y' ELSE 'N' END::dict.v1 AS temporary, 'N'::dict.v1 AS secondary,
    'NO'::dict.v3 AS nested, 'DEFAULT'::dict.v7 AS buffer_pool, 'DEFAULT'::dict.v7 AS flash_cache,
    'DEFAULT'::dict.v7 AS cell_flash_cache,
    CASE WHEN t.row_movement THEN 'ENABLED' ELSE 'DISABLED' END::dict.v8 AS row_movement,
    'NO'::dict.v3 AS global_stats, 'NO'::dict.v3 AS user_stats, t.duration::dict.v15 AS duration,
    'DISABLED'::dict.v8 AS skip_corrupt, 'YES'::dict.v3 AS monitoring, NULL::dict.v128 AS cluster_owner,
    'DISABLED'::dict.v8 AS dependencies,
    CASE WHEN t.partitioning_type IS NULL THEN t.compression END::dict.v8 AS compression,
    CASE WHEN t.partitioning_type IS NULL THEN t.compress_for END::dict.v30 AS compress_for,
    'NO'::dict.v3 AS dropped, 'NO'::dict.v3 AS read_only, dict.yes(t.segment_created) AS segment_created,
    'DEFAULT'::dict.v7 AS result_cache, 'NO'::dict.v3 AS clustering, 'NO'::dict.v3 AS has_identity,
    'NO'::dict.v3 AS external, 'USING_NLS_COMP'::dict.v100 AS default_collation, 'NO'::dict.v3 AS hybrid,
    o.object_id AS _object_id
FROM dict.objects AS o JOIN dict.tables AS t USING (object_id) $$);

CALL dict.publish_family('TAB_COLS', $$
SELECT o.owner::dict.v128 AS owner, o.name::dict.v128 AS table_name, c.name::dict.v128 AS column_name,
    dict.data_type(c.type_name, c.scale) AS data_type, NULL::dict.v3 AS data_type_mod,
    NULL::dict.v128 AS data_type_owner,
    dict.data_length(c.type_name, c.length, c.char_semantics, c.scale) AS data_length,
    c.precision::dict.num AS data_precision, c.scale::dict.num AS data_scale,
    CASE WHEN c.nullable THEN 'Y' ELSE 'N' END::dict.v1 AS nullable, c.column_id::dict.num AS column_id,
    length(c.default_text)::dict.num AS default_length, c.default_text::dict.lng AS data_default,
    NULL::dict.num AS num_distinct, NULL::dict.num AS num_nulls, NULL::dict.dat AS last_analyzed,
    CASE WHEN dict.is_text(c.type_name) OR c.type_name LIKE '%CLOB'
         THEN CASE WHEN left(c.type_name, 1) = 'N' THEN 'NCHAR_CS' ELSE 'CHAR_CS' END END::dict.v44 AS character_set_name,
    CASE WHEN dict.is_text(c.type_name)
         THEN dict.data_length(c.type_name, c.length, c.char_semantics, c.scale) END::dict.num AS char_col_decl_length,
    CASE WHEN dict.is_text(c.type_name) THEN c.length ELSE 0 END::dict.num AS char_length,
    CASE WHEN dict.is_text(c.type_name)
         THEN CASE WHEN c.char_semantics OR left(c.type_name, 1) = 'N' THEN 'C' ELSE 'B' END END::dict.v1 AS char_used,
    'NO'::dict.v3 AS v80_fmt_image, 'YES'::dict.v3 AS data_upgraded,
    dict.yes(c.hidden OR c.unused) AS hidden_column, dict.yes(c.virtual) AS virtual_column,
    c.column_id::dict.num AS segment_column_id, c.internal_id::dict.num AS internal_column_id,
    'NONE'::dict.v15 AS histogram, c.name::dict.v4000 AS qualified_col_name,
    'YES'::dict.v3 AS user_generated, dict.yes(c.default_on_null) AS default_on_null,
    dict.yes(c.identity IS NOT NULL) AS identity_column, NULL::dict.v128 AS evaluation_edition,
    CASE WHEN dict.is_text(c.type_name) OR c.type_name LIKE '%CLOB' THEN 'USING_NLS_COMP' END::dict.v100 AS collation,
    o.object_id AS _object_id
FROM dict.columns AS c JOIN dict.objects AS o USING (object_id) $$);

CALL dict.publish_family('TAB_COLUMNS', $$
SELECT o.owner::dict.v128 AS owner, o.name::dict.v128 AS table_name, c.name::dict.v128 AS column_name,
    dict.data_type(c.type_name, c.scale) AS data_type, NULL::dict.v3 AS data_type_mod,
    NULL::dict.v128 AS data_type_owner,
    dict.data_length(c.type_name, c.length, c.char_semantics, c.scale) AS data_length,
    c.precision::dict.num AS data_precision, c.scale::dict.num AS data_scale,
    CASE WHEN c.nullable THEN 'Y' ELSE 'N' END::dict.v1 AS nullable, c.column_id::dict.num AS column_id,
    length(c.default_text)::dict.num AS default_length, c.default_text::dict.lng AS data_default,
    NULL::dict.num AS num_distinct, NULL::dict.num AS num_nulls, NULL::dict.dat AS last_analyzed,
    CASE WHEN dict.is_text(c.type_name) OR c.type_name LIKE '%CLOB'
         THEN CASE WHEN left(c.type_name, 1) = 'N' THEN 'NCHAR_CS' ELSE 'CHAR_CS' END END::dict.v44 AS character_set_name,
    CASE WHEN dict.is_text(c.type_name)
         THEN dict.data_length(c.type_name, c.length, c.char_semantics, c.scale) END::dict.num AS char_col_decl_length,
    CASE WHEN dict.is_text(c.type_name) THEN c.length ELSE 0 END::dict.num AS char_length,
    CASE WHEN dict.is_text(c.type_name)
         THEN CASE WHEN c.char_semantics OR left(c.type_name, 1) = 'N' THEN 'C' ELSE 'B' END END::dict.v1 AS char_used,
    'NO'::dict.v3 AS v80_fmt_image, 'YES'::dict.v3 AS data_upgraded, 'NONE'::dict.v15 AS histogram,
    dict.yes(c.default_on_null) AS default_on_null, dict.yes(c.identity IS NOT NULL) AS identity_column,
    NULL::dict.v128 AS evaluation_edition,
    CASE WHEN dict.is_text(c.type_name) OR c.type_name LIKE '%CLOB' THEN 'USING_NLS_COMP' END::dict.v100 AS collation,
    o.object_id AS _object_id
FROM dict.columns AS c JOIN dict.objects AS o USING (object_id) WHERE NOT c.hidden AND NOT c.unused $$);

CALL dict.publish_family('TAB_IDENTITY_COLS', $$
SELECT o.owner::dict.v128 AS owner, o.name::dict.v128 AS table_name, c.name::dict.v128 AS column_name,
    CASE WHEN c.identity = 'ALWAYS' THEN 'ALWAYS' ELSE 'BY DEFAULT' END::dict.v10 AS generation_type,
    s.name::dict.v128 AS sequence_name, c.identity_options::dict.v4000 AS identity_options, o.object_id AS _object_id
FROM dict.columns AS c JOIN dict.objects AS o USING (object_id) JOIN dict.objects AS s ON s.object_id = c.sequence_id
WHERE c.identity IS NOT NULL $$);

CALL dict.publish_family('TAB_COMMENTS', $$
SELECT o.owner::dict.v128 AS owner, o.name::dict.v128 AS table_name, o.type::dict.v11 AS table_type,
    coalesce(t.comments, v.comments)::dict.v4000 AS comments, 0::dict.num AS origin_con_id, o.object_id AS _object_id
FROM dict.objects AS o LEFT JOIN dict.tables AS t USING (object_id) LEFT JOIN dict.views AS v USING (object_id) WHERE o.type IN ('TABLE', 'VIEW') $$);

CALL dict.publish_family('COL_COMMENTS', $$
SELECT o.owner::dict.v128 AS owner, o.name::dict.v128 AS table_name, c.name::dict.v128 AS column_name,
    c.comments::dict.v4000 AS comments, 0::dict.num AS origin_con_id, o.object_id AS _object_id
FROM dict.columns AS c JOIN dict.objects AS o USING (object_id) WHERE NOT c.hidden AND NOT c.unused $$);

-- A column counts as JSON when a CHECK says so, with no OR beside it, or its type.
CALL dict.publish_family('JSON_COLUMNS', $$
SELECT DISTINCT o.owner::dict.v128 AS owner, o.name::dict.v128 AS table_name, 'TABLE'::dict.v5 AS object_type,
    c.name::dict.v128 AS column_name, CASE WHEN c.type_name = 'BLOB' THEN 'OSON' ELSE 'TEXT' END::dict.v9 AS format,
    c.type_name::dict.v13 AS data_type, o.object_id AS _object_id
FROM dict.constraints AS k JOIN dict.constraint_columns AS kc USING (constraint_id) JOIN dict.objects AS o USING (object_id)
JOIN dict.columns AS c USING (object_id, internal_id)
WHERE k.type = 'C' AND k.enabled AND k.condition ~* '\mIS\s+JSON\M'
    AND regexp_replace(k.condition, '"[^"]*"', '""', 'g') !~* '\mOR\M'
UNION ALL
SELECT o.owner::dict.v128, o.name::dict.v128, 'TABLE'::dict.v5, c.name::dict.v128, 'OSON'::dict.v9, 'JSON'::dict.v13, o.object_id
FROM dict.columns AS c JOIN dict.objects AS o USING (object_id)
WHERE c.type_name = 'JSON' AND o.type = 'TABLE' AND NOT c.unused $$);

CALL dict.publish_family('PART_TABLES', $$
SELECT o.owner::dict.v128 AS owner, o.name::dict.v128 AS table_name, t.partitioning_type::dict.v9 AS partitioning_type,
    coalesce(t.subpartitioning_type, 'NONE')::dict.v9 AS subpartitioning_type,
    CASE WHEN t.interval_text IS NULL
         THEN (SELECT count(*) FROM dict.partitions AS p WHERE p.object_id = o.object_id) ELSE 1048575 END::dict.num AS partition_count,
    0::dict.num AS def_subpartition_count,
    (SELECT count(*) FROM dict.partition_keys AS k WHERE k.object_id = o.object_id AND NOT k.subpartition)::dict.num AS partitioning_key_count,
    'VALID'::dict.v8 AS status, t.tablespace::dict.v30 AS def_tablespace_name,
    CASE WHEN t.logging THEN 'YES' ELSE 'NO' END::dict.v7 AS def_logging,
    t.compression::dict.v8 AS def_compression, t.compress_for::dict.v30 AS def_compress_for,
    t.interval_text::dict.v1024 AS "interval", o.object_id AS _object_id
FROM dict.objects AS o JOIN dict.tables AS t USING (object_id) WHERE t.partitioning_type IS NOT NULL $$);

CALL dict.publish_family('TAB_PARTITIONS', $$
SELECT o.owner::dict.v128 AS table_owner, o.name::dict.v128 AS table_name, 'NO'::dict.v3 AS composite,
    p.name::dict.v128 AS partition_name, 0::dict.num AS subpartition_count, p.high_value::dict.lng AS high_value,
    length(p.high_value)::dict.num AS high_value_length, p.position::dict.num AS partition_position,
    coalesce(p.tablespace, t.tablespace, 'USERS')::dict.v30 AS tablespace_name,
    CASE WHEN t.logging THEN 'YES' ELSE 'NO' END::dict.v7 AS logging, t.compression::dict.v8 AS compression,
    t.compress_for::dict.v30 AS compress_for, NULL::dict.num AS num_rows, NULL::dict.num AS blocks,
    NULL::dict.dat AS last_analyzed, dict.yes(p.generated) AS "interval", dict.yes(t.segment_created) AS segment_created,
    o.object_id AS _object_id
FROM dict.partitions AS p JOIN dict.objects AS o USING (object_id) JOIN dict.tables AS t USING (object_id) $$, 'table_owner');

CALL dict.publish_family('PART_KEY_COLUMNS', $$
SELECT o.owner::dict.v128 AS owner, o.name::dict.v128 AS name, 'TABLE'::dict.v5 AS object_type,
    c.name::dict.v4000 AS column_name, k.position::dict.num AS column_position, NULL::dict.num AS collated_column_id,
    o.object_id AS _object_id
FROM dict.partition_keys AS k JOIN dict.objects AS o USING (object_id)
JOIN dict.columns AS c USING (object_id, internal_id) WHERE NOT k.subpartition $$);

CALL dict.publish_family('SUBPART_KEY_COLUMNS', $$
SELECT o.owner::dict.v128 AS owner, o.name::dict.v128 AS name, 'TABLE'::dict.v5 AS object_type,
    c.name::dict.v4000 AS column_name, k.position::dict.num AS column_position, NULL::dict.num AS collated_column_id,
    o.object_id AS _object_id
FROM dict.partition_keys AS k JOIN dict.objects AS o USING (object_id)
JOIN dict.columns AS c USING (object_id, internal_id) WHERE k.subpartition $$);

CALL dict.publish_family('VIEWS', $$
SELECT o.owner::dict.v128 AS owner, o.name::dict.v128 AS view_name, length(v.text)::dict.num AS text_length,
    v.text::dict.lng AS text, left(v.text, 4000)::dict.v4000 AS text_vc, NULL::dict.num AS type_text_length,
    NULL::dict.v4000 AS type_text, NULL::dict.num AS oid_text_length, NULL::dict.v4000 AS oid_text,
    NULL::dict.v128 AS view_type_owner, NULL::dict.v128 AS view_type, NULL::dict.v128 AS superview_name,
    'N'::dict.v1 AS editioning_view, CASE WHEN v.read_only THEN 'Y' ELSE 'N' END::dict.v1 AS read_only,
    'N'::dict.v1 AS container_data, 'DEFINER'::dict.v12 AS bequeath, o.object_id AS _object_id
FROM dict.objects AS o JOIN dict.views AS v USING (object_id) $$);

-- No materialized views and their logs, external tables, triggers, policies and encryption here: the views
-- exist and are empty, as asked for by reflection and by whoever looks for such before renaming a table.
CALL dict.publish_family('TRIGGERS', $$
SELECT NULL::dict.v128 AS owner, NULL::dict.v128 AS trigger_name, NULL::dict.v16 AS trigger_type,
    NULL::dict.v255 AS triggering_event, NULL::dict.v128 AS table_owner, NULL::dict.v18 AS base_object_type,
    NULL::dict.v128 AS table_name, NULL::dict.v4000 AS column_name, NULL::dict.v4000 AS when_clause,
    NULL::dict.v8 AS status, NULL::dict.v4000 AS description, NULL::dict.lng AS trigger_body,
    0::bigint AS _object_id WHERE false $$);

CALL dict.publish_family('MVIEWS', $$
SELECT NULL::dict.v128 AS owner, NULL::dict.v128 AS mview_name, NULL::dict.v128 AS container_name, NULL::dict.lng AS query,
    NULL::dict.num AS query_len, NULL::dict.v1 AS updatable, NULL::dict.v8 AS refresh_method,
    NULL::dict.v19 AS staleness, 0::bigint AS _object_id WHERE false $$);

CALL dict.publish_family('MVIEW_COMMENTS', $$
SELECT NULL::dict.v128 AS owner, NULL::dict.v128 AS mview_name, NULL::dict.v4000 AS comments, 0::bigint AS _object_id
WHERE false $$);

CALL dict.publish_family('MVIEW_LOGS', $$
SELECT NULL::dict.v128 AS log_owner, NULL::dict.v128 AS master, NULL::dict.v128 AS log_table,
    NULL::dict.v128 AS log_trigger, NULL::dict.v3 AS rowids, NULL::dict.v3 AS primary_key, NULL::dict.v3 AS object_id,
    NULL::dict.v3 AS filter_columns, NULL::dict.v3 AS sequence, NULL::dict.v3 AS include_new_values,
    0::bigint AS _object_id WHERE false $$, 'log_owner', true);

CALL dict.publish_family('POLICIES', $$
SELECT NULL::dict.v128 AS object_owner, NULL::dict.v128 AS object_name, NULL::dict.v128 AS policy_group,
    NULL::dict.v128 AS policy_name, NULL::dict.v128 AS pf_owner, NULL::dict.v128 AS package,
    NULL::dict.v128 AS function, NULL::dict.v3 AS sel, NULL::dict.v3 AS ins, NULL::dict.v3 AS upd, NULL::dict.v3 AS del,
    NULL::dict.v3 AS idx, NULL::dict.v3 AS chk_option, NULL::dict.v3 AS enable, NULL::dict.v3 AS static_policy,
    NULL::dict.v24 AS policy_type, NULL::dict.v3 AS long_predicate, NULL::dict.v3 AS common, NULL::dict.v3 AS inherited,
    0::bigint AS _object_id WHERE false $$, 'object_owner');

CALL dict.publish_family('ENCRYPTED_COLUMNS', $$
SELECT NULL::dict.v128 AS owner, NULL::dict.v128 AS table_name, NULL::dict.v128 AS column_name,
    NULL::dict.v30 AS encryption_alg, NULL::dict.v3 AS salt, NULL::dict.v12 AS integrity_alg,
    0::bigint AS _object_id WHERE false $$);

CALL dict.publish_family('DB_LINKS', $$
SELECT NULL::dict.v128 AS owner, NULL::dict.v128 AS db_link, NULL::dict.v128 AS username, NULL::dict.v4000 AS host,
    NULL::dict.dat AS created, 0::bigint AS _object_id WHERE false $$);
