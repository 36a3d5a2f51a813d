-- One live observation.
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
    AND o.id = :id::uuid
    AND o.deleted_at IS NULL
