-- Relations of an entity to itself.
SELECT
    :'memory_entity_relationships' AS source_table,
    json_build_object('id', r.id) AS row,
    'an entity has no relation to itself' AS reason
FROM :"memory_entity_relationships" AS r
WHERE r.source_entity_key = r.target_entity_key
