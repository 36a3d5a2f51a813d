-- An agent's active facts that are in no active cluster, oldest first, from a keyset cursor, each with its nearest active cluster; work for a
-- background job.
WITH waiting AS MATERIALIZED (
    SELECT
        f.id,
        f.content
    FROM memdb.facts AS f
    WHERE f.org_id = :org_id::memdb.tenant
        AND f.agent_id = :agent_id::uuid
        AND f.status = 'active'
        AND f.deleted_at IS NULL
        AND (:after::uuid IS NULL OR f.id > :after)
        AND NOT EXISTS (
            SELECT FROM memdb.cluster_facts AS m
            JOIN memdb.clusters AS c ON c.org_id = m.org_id AND c.id = m.cluster_id
            WHERE m.org_id = :org_id
                AND m.fact_id = f.id
                -- Redundant, so that a merge join starts there, too.
                AND (:after IS NULL OR m.fact_id > :after)
                AND c.status = 'active'
                AND c.deleted_at IS NULL
        )
    ORDER BY f.id
    LIMIT :limit::int
),
embedded AS MATERIALIZED (
    SELECT
        e.fact_id,
        e.embedding
    FROM memdb.fact_embeddings AS e
    WHERE e.org_id = :org_id
        AND e.space = :space::smallint
        AND e.agent_id = :agent_id
        AND e.fact_id = ANY (ARRAY(SELECT w.id FROM waiting AS w))
),
centroids AS MATERIALIZED (
    SELECT
        e.cluster_id,
        e.embedding
    FROM memdb.cluster_embeddings AS e
    WHERE e.org_id = :org_id
        AND e.space = :space
        AND e.agent_id = :agent_id
        AND e.cluster_id = ANY (
            ARRAY(
                SELECT c.id
                FROM memdb.clusters AS c
                WHERE c.org_id = :org_id
                    AND c.agent_id = :agent_id
                    AND c.status = 'active'
                    AND c.deleted_at IS NULL
            )
        )
)
SELECT
    w.id AS fact_id,
    w.content,
    n.cluster_id,
    n.distance
FROM waiting AS w
LEFT JOIN embedded AS e ON e.fact_id = w.id
LEFT JOIN LATERAL (
    SELECT
        c.cluster_id,
        c.embedding <=> e.embedding AS distance
    FROM centroids AS c
    ORDER BY distance, c.cluster_id DESC
    LIMIT 1
) AS n ON n.distance <> 'NaN'
ORDER BY w.id
