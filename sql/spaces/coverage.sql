-- How many live memories the tenant has, and how many of them an embedding in a space.
-- not null: memories, embedded
SELECT
    count(*) AS memories,
    count(e.memory_id) AS embedded
FROM memdb.memories AS m
LEFT JOIN memdb.memory_embeddings AS e
    ON e.org_id = m.org_id AND e.memory_id = m.id AND e.space = :space::smallint AND e.embedding IS NOT NULL
WHERE m.org_id = :org_id::memdb.tenant
    AND m.deleted_at IS NULL
