-- An agent's active live insights, newest first, from a keyset cursor.
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
    AND i.agent_id = :agent_id::uuid
    AND i.status = 'active'
    AND (:type::text IS NULL OR i.type = :type)
    AND (:min_confidence::float8 IS NULL OR i.confidence >= :min_confidence)
    AND i.deleted_at IS NULL
    AND (:before::uuid IS NULL OR i.id < :before)
ORDER BY i.id DESC
LIMIT :limit::int
