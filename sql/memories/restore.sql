-- Brings back a deleted or expired memory. An expiry that has passed is removed.
-- not null: embedded
WITH expired AS (
    -- An expired duplicate still holds the content's place in the unique index.
    UPDATE memdb.memories AS m
    SET
        deleted_at = now(),
        updated_at = greatest(m.updated_at, now()),
        version = m.version + 1
    FROM memdb.memories AS target
    WHERE target.org_id = :org_id::memdb.tenant
        AND target.id = :id::uuid
        AND m.org_id = :org_id
        AND m.content_hash = target.content_hash
        AND m.agent_id = target.agent_id
        AND m.user_id IS NOT DISTINCT FROM target.user_id
        AND m.id <> :id
        AND m.status = 'active'
        AND m.deleted_at IS NULL
        AND m.expires_at <= now()
    RETURNING m.*
),
restored AS (
    UPDATE memdb.memories AS m
    SET
        deleted_at = NULL,
        expires_at = CASE WHEN m.expires_at > now() THEN m.expires_at END,
        updated_at = greatest(m.updated_at, now()),
        version = memdb.next_version(m.version, :expected_version::int)
    -- Counting the expired makes this wait until they are out of its way.
    FROM (SELECT count(*) FROM expired) AS cleared
    WHERE m.org_id = :org_id
        AND m.id = :id
        AND (m.deleted_at IS NOT NULL OR m.expires_at <= now())
    RETURNING m.*
),
recorded AS (
    INSERT INTO memdb.memory_versions (
        org_id, memory_id, version, operation, reason, changed_at, expires_at, deleted_at, content, category, status, confidence, tags,
        metadata
    )
    SELECT
        c.org_id, c.id, c.version, 'restore', :reason::text, c.updated_at, c.expires_at, c.deleted_at, c.content, c.category,
        c.status, c.confidence, c.tags, c.metadata
    FROM restored AS c
),
ended AS (
    INSERT INTO memdb.memory_versions (
        org_id, memory_id, version, operation, reason, changed_at, expires_at, deleted_at, content, category, status, confidence, tags,
        metadata
    )
    SELECT
        c.org_id, c.id, c.version, 'expire', NULL, c.updated_at, c.expires_at, c.deleted_at, c.content, c.category,
        c.status, c.confidence, c.tags, c.metadata
    FROM expired AS c
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
