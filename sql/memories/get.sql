-- One live memory.
-- not null: tags, embedded
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
    ARRAY(
        SELECT t.tag
        FROM memdb.memory_tags AS t
        WHERE t.org_id = m.org_id AND t.memory_id = m.id
        ORDER BY t.tag
    ) AS tags,
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
