-- Removes some entities for good, which the caller has locked, with all that hangs on them, once no fact is about them.
-- not null: table_name, rows
WITH entity_aliases AS (
    DELETE FROM memdb.entity_aliases AS t
    WHERE t.org_id = :org_id::memdb.tenant
        AND t.entity_id = ANY (:ids::uuid[])
    RETURNING t.key
),
entity_embeddings AS (
    DELETE FROM memdb.entity_embeddings AS t
    WHERE t.org_id = :org_id
        AND t.entity_id = ANY (:ids)
    RETURNING t.entity_id
),
fact_entities AS (
    DELETE FROM memdb.fact_entities AS t
    WHERE t.org_id = :org_id
        AND t.entity_id = ANY (:ids)
    RETURNING t.fact_id
),
edges AS (
    DELETE FROM memdb.edges AS t
    WHERE t.org_id = :org_id
        AND (t.source_id = ANY (:ids) OR t.target_id = ANY (:ids))
    RETURNING t.id
),
entity_merge_parts AS (
    DELETE FROM memdb.entity_merge_parts AS t
    WHERE t.org_id = :org_id
        AND t.merge_id = ANY (
            ARRAY(
                SELECT m.id
                FROM memdb.entity_merges AS m
                WHERE m.org_id = :org_id
                    AND (m.merged_id = ANY (:ids) OR m.into_id = ANY (:ids))
            )
        )
    RETURNING t.part_id
),
entity_merges AS (
    DELETE FROM memdb.entity_merges AS t
    WHERE t.org_id = :org_id
        AND (t.merged_id = ANY (:ids) OR t.into_id = ANY (:ids))
    RETURNING t.id
),
entities AS (
    DELETE FROM memdb.entities AS t
    WHERE t.org_id = :org_id
        AND t.id = ANY (:ids)
    RETURNING t.id
)
SELECT
    'entities' AS table_name,
    (SELECT count(*) FROM entities) AS rows
UNION ALL
SELECT
    'entity_aliases',
    (SELECT count(*) FROM entity_aliases)
UNION ALL
SELECT
    'entity_embeddings',
    (SELECT count(*) FROM entity_embeddings)
UNION ALL
SELECT
    'fact_entities',
    (SELECT count(*) FROM fact_entities)
UNION ALL
SELECT
    'edges',
    (SELECT count(*) FROM edges)
UNION ALL
SELECT
    'entity_merges',
    (SELECT count(*) FROM entity_merges)
UNION ALL
SELECT
    'entity_merge_parts',
    (SELECT count(*) FROM entity_merge_parts)
