-- For each of some memories, the nearest others of the same agent in a space.
-- not null: nearest
SELECT
    e.memory_id,
    others.nearest
FROM (
    SELECT
        e.memory_id,
        e.embedding
    FROM memdb.memory_embeddings AS e
    WHERE e.org_id = :org_id::memdb.tenant
        AND e.memory_id = ANY (:ids::uuid[])
        AND e.space = :space::smallint
        AND e.embedding IS NOT NULL
) AS e
CROSS JOIN LATERAL (
    SELECT ARRAY(
        SELECT o.memory_id
        FROM memdb.memory_embeddings AS o
        JOIN memdb.memories AS m ON m.org_id = :org_id AND m.id = o.memory_id
        WHERE o.org_id = :org_id
            AND o.agent_id = :agent_id::uuid
            AND o.space = :space
            AND o.embedding IS NOT NULL
            AND o.memory_id <> e.memory_id
            AND m.deleted_at IS NULL
            AND m.status = 'active'
        ORDER BY o.embedding <=> e.embedding, o.memory_id
        LIMIT :limit::int
    ) AS nearest
) AS others
