-- The active clusters of a live fact's agent whose centroids are nearest to the fact's embedding, nearest first. Compares all.
-- not null: size, distance
WITH asked AS MATERIALIZED (
    SELECT
        f.agent_id,
        e.embedding
    FROM memdb.facts AS f
    JOIN memdb.fact_embeddings AS e ON e.org_id = f.org_id AND e.fact_id = f.id AND e.space = :space::smallint
    WHERE f.org_id = :org_id::memdb.tenant
        AND f.id = :fact_id::uuid
        AND f.deleted_at IS NULL
)
SELECT
    c.id,
    c.agent_id,
    c.label,
    c.summary,
    c.type,
    c.importance,
    c.status,
    c.merged_into,
    (SELECT count(*) FROM memdb.cluster_facts AS f WHERE f.org_id = c.org_id AND f.cluster_id = c.id) AS size,
    c.refreshed_at,
    c.metadata,
    c.version,
    c.created_at,
    c.updated_at,
    n.distance
FROM (
    SELECT
        e.cluster_id,
        e.embedding <=> (SELECT a.embedding FROM asked AS a) AS distance
    FROM memdb.cluster_embeddings AS e
    WHERE e.org_id = :org_id
        AND e.space = :space
        AND e.agent_id = (SELECT a.agent_id FROM asked AS a)
        -- Not a join: a generic plan estimates few clusters for an agent and would look their centroids up one by one.
        AND e.cluster_id = ANY (
            ARRAY(
                SELECT c.id
                FROM memdb.clusters AS c
                WHERE c.org_id = :org_id
                    AND c.agent_id = (SELECT a.agent_id FROM asked AS a)
                    AND c.status = 'active'
                    AND c.deleted_at IS NULL
            )
        )
    ORDER BY distance, e.cluster_id DESC
    LIMIT :limit::int
) AS n
JOIN memdb.clusters AS c ON c.org_id = :org_id AND c.id = n.cluster_id
-- The distance of a zero vector is NaN; without a centroid, it is NULL.
WHERE n.distance <> 'NaN'
ORDER BY n.distance, c.id DESC
