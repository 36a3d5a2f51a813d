-- One live memory.
-- not null: embedded
SELECT
    m.id,
    m.agent_id,
    m.user_id,
    m.session_id,
    m.content,
    m.category,
    m.status,
    m.source,
    m.confidence,
    m.tags,
    m.metadata,
    m.embedding IS NOT NULL AS embedded,
    m.embedding_model,
    m.version,
    m.observed_at,
    m.expires_at,
    m.created_at,
    m.updated_at
FROM memdb.memories AS m
WHERE m.org_id = :org_id::memdb.tenant
    AND m.id = :id::uuid
    AND m.deleted_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > now())
