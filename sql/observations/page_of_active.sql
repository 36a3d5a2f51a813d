-- An agent's active live observations, newest first, from a keyset cursor.
SELECT
    o.id,
    o.agent_id,
    o.session_id,
    o.user_id,
    o.content,
    o.topic,
    o.entities,
    o.message_ids,
    o.observed_at,
    o.referenced_at,
    o.relative_offset,
    o.emotion,
    o.emotion_intensity,
    o.status,
    o.merged_into,
    o.embedded,
    o.metadata,
    o.version,
    o.created_at,
    o.updated_at
FROM memdb.session_observations AS o
WHERE o.org_id = :org_id::memdb.tenant
    AND o.agent_id = :agent_id::uuid
    AND o.status = 'active'
    AND (:topic::text IS NULL OR o.topic = :topic)
    AND (:entity::text IS NULL OR :entity = ANY (o.entities))
    AND (:since::timestamptz IS NULL OR o.observed_at >= :since)
    AND (:until::timestamptz IS NULL OR o.observed_at < :until)
    AND o.deleted_at IS NULL
    AND (:before::uuid IS NULL OR o.id < :before)
ORDER BY o.id DESC
LIMIT :limit::int
