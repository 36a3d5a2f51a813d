-- A sample of an agent's memories that have an embedding in a space: always the same, and spread evenly.
SELECT e.memory_id
FROM memdb.memory_embeddings AS e
JOIN memdb.memories AS m ON m.org_id = e.org_id AND m.id = e.memory_id
WHERE e.org_id = :org_id::memdb.tenant
    AND m.org_id = :org_id
    AND e.agent_id = :agent_id::uuid
    AND e.space = :space::smallint
    AND e.embedding IS NOT NULL
    AND m.deleted_at IS NULL
    AND m.status = 'active'
ORDER BY md5(e.memory_id::text)
LIMIT :limit::int
