CALL dict.publish_family('CONSTRAINTS', $$
SELECT k.owner::dict.v128 AS owner, k.name::dict.v128 AS constraint_name, k.type::dict.v1 AS constraint_type,
    o.name::dict.v128 AS table_name, k.condition::dict.lng AS search_condition,
    left(k.condition, 4000)::dict.v4000 AS search_condition_vc, r.owner::dict.v128 AS r_owner,
    r.name::dict.v128 AS r_constraint_name, k.delete_rule::dict.v9 AS delete_rule,
    CASE WHEN k.enabled THEN 'ENABLED' ELSE 'DISABLED' END::dict.v8 AS status,
    CASE WHEN k.can_defer THEN 'DEFERRABLE' ELSE 'NOT DEFERRABLE' END::dict.v14 AS deferrable,
    CASE WHEN k.starts_deferred THEN 'DEFERRED' ELSE 'IMMEDIATE' END::dict.v9 AS deferred,
    CASE WHEN k.validated THEN 'VALIDATED' ELSE 'NOT VALIDATED' END::dict.v13 AS validated,
    CASE WHEN k.generated THEN 'GENERATED NAME' ELSE 'USER NAME' END::dict.v14 AS generated, NULL::dict.v3 AS bad,
    CASE WHEN k.rely THEN 'RELY' END::dict.v4 AS rely, k.last_change::dict.dat AS last_change,
    i.owner::dict.v128 AS index_owner, i.name::dict.v128 AS index_name, NULL::dict.v7 AS invalid,
    NULL::dict.v14 AS view_related, 0::dict.num AS origin_con_id, k.object_id AS _object_id
FROM dict.constraints AS k JOIN dict.objects AS o USING (object_id)
LEFT JOIN dict.constraints AS r ON r.constraint_id = k.referenced_id
LEFT JOIN dict.objects AS i ON i.object_id = k.index_id $$, 'owner', true);

CALL dict.publish_family('CONS_COLUMNS', $$
SELECT k.owner::dict.v128 AS owner, k.name::dict.v128 AS constraint_name, o.name::dict.v128 AS table_name,
    c.name::dict.v4000 AS column_name, CASE WHEN k.type <> 'C' THEN kc.position END::dict.num AS position,
    k.object_id AS _object_id
FROM dict.constraint_columns AS kc JOIN dict.constraints AS k USING (constraint_id)
JOIN dict.objects AS o USING (object_id) JOIN dict.columns AS c USING (object_id, internal_id) $$, 'owner', true);

CALL dict.publish_family('INDEXES', $$
SELECT o.owner::dict.v128 AS owner, o.name::dict.v128 AS index_name, i.index_type::dict.v27 AS index_type,
    t.owner::dict.v128 AS table_owner, t.name::dict.v128 AS table_name, 'TABLE'::dict.v11 AS table_type,
    CASE WHEN i.is_unique THEN 'UNIQUE' ELSE 'NONUNIQUE' END::dict.v9 AS uniqueness,
    i.compression::dict.v13 AS compression, i.prefix_length::dict.num AS prefix_length,
    i.tablespace::dict.v30 AS tablespace_name, 2::dict.num AS ini_trans, 255::dict.num AS max_trans,
    10::dict.num AS pct_free, CASE WHEN i.logging THEN 'YES' ELSE 'NO' END::dict.v3 AS logging,
    NULL::dict.num AS blevel, NULL::dict.num AS leaf_blocks, NULL::dict.num AS distinct_keys,
    NULL::dict.num AS clustering_factor, CASE WHEN i.usable THEN 'VALID' ELSE 'UNUSABLE' END::dict.v8 AS status,
    NULL::dict.num AS num_rows, NULL::dict.num AS sample_size, NULL::dict.dat AS last_analyzed,
    i.degree::dict.v40 AS degree, '1'::dict.v40 AS instances,
    CASE WHEN i.local THEN 'YES' ELSE 'NO' END::dict.v3 AS partitioned,
    CASE WHEN o.temporary THEN 'Y' ELSE 'N' END::dict.v1 AS temporary,
    CASE WHEN o.generated THEN 'Y' ELSE 'N' END::dict.v1 AS generated, 'N'::dict.v1 AS secondary,
    'DEFAULT'::dict.v7 AS buffer_pool, NULL::dict.v15 AS duration,
    CASE WHEN i.index_type LIKE 'FUNCTION%' THEN 'ENABLED' END::dict.v8 AS funcidx_status,
    'NO'::dict.v3 AS join_index, 'NO'::dict.v3 AS dropped,
    CASE WHEN i.visible THEN 'VISIBLE' ELSE 'INVISIBLE' END::dict.v9 AS visibility,
    dict.yes(tt.segment_created) AS segment_created,
    dict.yes(i.implicit) AS constraint_index, i.table_id AS _object_id
FROM dict.indexes AS i JOIN dict.objects AS o USING (object_id) JOIN dict.objects AS t ON t.object_id = i.table_id
JOIN dict.tables AS tt ON tt.object_id = i.table_id $$);

CALL dict.publish_family('IND_COLUMNS', $$
SELECT o.owner::dict.v128 AS index_owner, o.name::dict.v128 AS index_name, t.owner::dict.v128 AS table_owner,
    t.name::dict.v128 AS table_name,
    coalesce(c.name, 'SYS_NC' || lpad((1000 + ic.position)::text, 5, '0') || '$')::dict.v4000 AS column_name,
    ic.position::dict.num AS column_position,
    coalesce(dict.data_length(c.type_name, c.length, c.char_semantics, c.scale), 4000)::dict.num AS column_length,
    CASE WHEN dict.is_text(c.type_name) THEN c.length ELSE 0 END::dict.num AS char_length,
    CASE WHEN ic.descending THEN 'DESC' ELSE 'ASC' END::dict.v4 AS descend, NULL::dict.num AS collated_column_id,
    i.table_id AS _object_id
FROM dict.index_columns AS ic JOIN dict.indexes AS i USING (object_id) JOIN dict.objects AS o USING (object_id)
JOIN dict.objects AS t ON t.object_id = i.table_id
LEFT JOIN dict.columns AS c ON c.object_id = i.table_id AND c.internal_id = ic.internal_id AND ic.expression IS NULL $$,
'index_owner');

CALL dict.publish_family('IND_EXPRESSIONS', $$
SELECT o.owner::dict.v128 AS index_owner, o.name::dict.v128 AS index_name, t.owner::dict.v128 AS table_owner,
    t.name::dict.v128 AS table_name, ic.expression::dict.lng AS column_expression, ic.position::dict.num AS column_position,
    i.table_id AS _object_id
FROM dict.index_columns AS ic JOIN dict.indexes AS i USING (object_id) JOIN dict.objects AS o USING (object_id)
JOIN dict.objects AS t ON t.object_id = i.table_id WHERE ic.expression IS NOT NULL $$, 'index_owner');
