-- Brings back a deleted or expired memory. An expiry that has passed is removed.
-- not null: tags, embedded
WITH restored AS (
    UPDATE memdb.memories AS m
    SET
        deleted_at = NULL,
        expires_at = CASE WHEN m.expires_at > now() THEN m.expires_at END,
        updated_at = now(),
        version = memdb.next_version(m.version, :expected_version::int)
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.id = :id::uuid
        AND (m.deleted_at IS NOT NULL OR m.expires_at <= now())
    RETURNING
        m.*,
        ARRAY(
            SELECT t.tag
            FROM memdb.memory_tags AS t
            WHERE t.org_id = m.org_id AND t.memory_id = m.id
            ORDER BY t.tag
        ) AS tags
),
recorded AS (
    INSERT INTO memdb.memory_versions (
        org_id, memory_id, version, operation, reason, content, category, status, confidence, tags, metadata, expires_at, deleted_at
    )
    SELECT
        c.org_id, c.id, c.version, 'restore', :reason::text, c.content, c.category, c.status, c.confidence, c.tags, c.metadata, c.expires_at,
        c.deleted_at
    FROM restored AS c
)
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
FROM restored AS m
