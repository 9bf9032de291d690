CALL dict.publish_family('OBJECTS', $$
SELECT owner::dict.v128 AS owner, name::dict.v128 AS object_name, NULL::dict.v128 AS subobject_name,
    object_id::dict.num AS object_id, CASE WHEN type IN ('TABLE', 'INDEX') THEN object_id END::dict.num AS data_object_id,
    type::dict.v23 AS object_type, created::dict.dat AS created, last_ddl::dict.dat AS last_ddl_time,
    to_char(last_ddl, 'YYYY-MM-DD:HH24:MI:SS')::dict.v19 AS timestamp, status::dict.v7 AS status,
    CASE WHEN temporary THEN 'Y' ELSE 'N' END::dict.v1 AS temporary,
    CASE WHEN generated THEN 'Y' ELSE 'N' END::dict.v1 AS generated, 'N'::dict.v1 AS secondary,
    namespace::dict.num AS namespace, NULL::dict.v128 AS edition_name, 'NONE'::dict.v18 AS sharing,
    NULL::dict.v1 AS editionable, 'N'::dict.v1 AS oracle_maintained, object_id AS _object_id
FROM dict.objects $$);

CALL dict.publish_family('SEQUENCES', $$
SELECT o.owner::dict.v128 AS sequence_owner, o.name::dict.v128 AS sequence_name, s.min_value::dict.num AS min_value,
    s.max_value::dict.num AS max_value, s.increment_by::dict.num AS increment_by,
    CASE WHEN s.cycle THEN 'Y' ELSE 'N' END::dict.v1 AS cycle_flag,
    CASE WHEN s.ordered THEN 'Y' ELSE 'N' END::dict.v1 AS order_flag, s.cache_size::dict.num AS cache_size,
    (SELECT coalesce(p.last_value + p.increment_by, p.start_value) FROM pg_sequences AS p
     WHERE p.schemaname = 'data' AND p.sequencename = 's' || o.object_id)::dict.num AS last_number,
    'N'::dict.v1 AS scale_flag, 'N'::dict.v1 AS extend_flag, 'N'::dict.v1 AS sharded_flag,
    'N'::dict.v1 AS session_flag, 'N'::dict.v1 AS keep_value, o.object_id AS _object_id
FROM dict.sequences AS s JOIN dict.objects AS o USING (object_id) $$, 'sequence_owner');

CALL dict.publish_family('SYNONYMS', $$
SELECT o.owner::dict.v128 AS owner, o.name::dict.v128 AS synonym_name, s.target_owner::dict.v128 AS table_owner,
    s.target_name::dict.v128 AS table_name, NULL::dict.v128 AS db_link, 0::dict.num AS origin_con_id,
    o.object_id AS _object_id
FROM dict.synonyms AS s JOIN dict.objects AS o USING (object_id) $$);

CALL dict.publish_family('SEGMENTS', $$
SELECT o.owner::dict.v128 AS owner, o.name::dict.v128 AS segment_name, NULL::dict.v128 AS partition_name,
    o.type::dict.v18 AS segment_type, coalesce(t.tablespace, 'USERS')::dict.v30 AS tablespace_name,
    greatest(65536, pg_total_relation_size(to_regclass('data.t' || o.object_id)))::dict.num AS bytes,
    (greatest(65536, pg_total_relation_size(to_regclass('data.t' || o.object_id))) / 8192)::dict.num AS blocks,
    1::dict.num AS extents, 65536::dict.num AS initial_extent, 1048576::dict.num AS next_extent,
    o.object_id AS _object_id
FROM dict.tables AS t JOIN dict.objects AS o USING (object_id) WHERE t.segment_created AND NOT o.temporary $$);
-- ALL_SEGMENTS is no view of Oracle's.
DROP VIEW sys.all_segments;
DELETE FROM dict.catalog_views WHERE name = 'ALL_SEGMENTS';
