-- The tenant's memories that have no embedding in a space, or an outdated one, by id from a keyset cursor.
SELECT
    m.id,
    m.version,
    m.content
FROM memdb.memories AS m
WHERE m.org_id = :org_id::memdb.tenant
    AND (:after::uuid IS NULL OR m.id > :after)
    AND m.deleted_at IS NULL
    AND NOT EXISTS (
        SELECT FROM memdb.memory_embeddings AS e
        WHERE e.org_id = :org_id
            AND e.memory_id = m.id
            AND e.space = :space::smallint
            AND e.embedding IS NOT NULL
    )
ORDER BY m.id
LIMIT :limit::int
