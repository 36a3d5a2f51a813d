-- Relations of an entity to itself, and the tables that arandu's client does not read.
SELECT
    :'memory_entity_relationships' AS source_table,
    json_build_object('id', r.id) AS row,
    'an entity has no relation to itself' AS reason
FROM :"memory_entity_relationships" AS r
WHERE r.source_entity_key = r.target_entity_key
UNION ALL
SELECT
    :'memory_clusters',
    json_build_object('id', c.id),
    'is not adopted: memdb.clusters.create makes clusters of facts, whose metadata have their cluster_id'
FROM :"memory_clusters" AS c
UNION ALL
SELECT
    :'memory_meta_observations',
    json_build_object('id', o.id),
    'is not adopted: memdb.insights.add takes it'
FROM :"memory_meta_observations" AS o
UNION ALL
SELECT
    :'session_observations',
    json_build_object('id', o.id),
    'is not adopted: memdb.observations.add takes it'
FROM :"session_observations" AS o
UNION ALL
SELECT
    :'memory_intentions',
    json_build_object('id', i.id),
    'is not adopted: memdb.intentions.add takes it'
FROM :"memory_intentions" AS i
UNION ALL
SELECT
    :'memory_attribute_registry',
    json_build_object('id', a.id),
    'is not adopted: memdb.attributes.register takes it'
FROM :"memory_attribute_registry" AS a
