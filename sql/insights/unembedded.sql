-- Active insights without an embedding, oldest first, from a keyset cursor; work for a background embedder.
SELECT
    i.id,
    i.agent_id,
    i.user_id,
    i.type,
    i.title,
    i.content,
    i.confidence,
    i.importance,
    i.reinforcements,
    i.status,
    i.embedded,
    i.metadata,
    i.version,
    i.detected_at,
    i.reinforced_at,
    i.created_at,
    i.updated_at
FROM memdb.insights AS i
WHERE i.org_id = :org_id::memdb.tenant
    AND NOT i.embedded
    AND i.status = 'active'
    AND (:agent_id::uuid IS NULL OR i.agent_id = :agent_id)
    AND (:after::uuid IS NULL OR i.id > :after)
    AND i.deleted_at IS NULL
ORDER BY i.id
LIMIT :limit::int
