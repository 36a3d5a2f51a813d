-- Restores a deleted or expired memory. Removes an expiry that has passed.
WITH target AS MATERIALIZED (
    SELECT
        m.agent_id,
        m.user_id,
        m.content_hash,
        -- A memory that has only expired has been counted all along.
        (m.deleted_at IS NOT NULL)::int AS counts
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.id = :id::uuid
        AND (m.deleted_at IS NOT NULL OR m.expires_at <= now())
    FOR NO KEY UPDATE
),
expired AS (
    -- An expired duplicate still occupies the content's entry in the unique index.
    UPDATE memdb.memories AS m
    SET
        deleted_at = now(),
        updated_at = greatest(m.updated_at, now()),
        version = m.version + 1
    FROM target
    WHERE m.org_id = :org_id
        AND m.content_hash = target.content_hash
        AND m.agent_id = target.agent_id
        AND m.user_id IS NOT DISTINCT FROM target.user_id
        AND m.id <> :id
        AND m.status = 'active'
        AND m.deleted_at IS NULL
        AND m.expires_at <= now()
    RETURNING m AS memory
),
restored AS (
    UPDATE memdb.memories AS m
    SET
        deleted_at = NULL,
        expires_at = CASE WHEN m.expires_at > now() THEN m.expires_at END,
        updated_at = greatest(m.updated_at, now()),
        version = memdb.next_version(m.version, :expected_version::int)
    -- Counting the expired rows makes this statement wait until they are out of the index.
    FROM target AS t, (SELECT count(*) FROM expired) AS cleared, memdb.writers AS w
    WHERE m.org_id = :org_id
        AND m.id = :id
        AND (m.deleted_at IS NOT NULL OR m.expires_at <= now())
        AND w.org_id = :org_id
        AND w.id = m.agent_id
        AND memdb.takes_writes(w, m.agent_id)
    RETURNING
        m.*,
        m AS memory,
        w.memory_quota,
        t.counts
),
recorded AS (
    INSERT INTO memdb.memory_versions
    SELECT v.*
    FROM restored AS c, memdb.version_of(c.memory, 'restore', :reason::text, :actor::text) AS v
),
ended AS (
    INSERT INTO memdb.memory_versions
    SELECT v.*
    FROM expired AS c, memdb.version_of(c.memory, 'expire', NULL, :actor) AS v
)
SELECT
    m.id,
    m.agent_id,
    m.user_id,
    m.session_id,
    m.external_id,
    m.content,
    m.category,
    m.labels,
    m.status,
    m.source,
    m.confidence,
    m.usefulness,
    m.tags,
    m.metadata,
    m.embedded,
    m.embedding_model,
    m.version,
    m.observed_at,
    m.valid_from,
    m.valid_until,
    m.expires_at,
    m.superseded_by,
    m.merged_into,
    m.created_at,
    m.updated_at
FROM restored AS m
WHERE m.memory_quota IS NULL
    OR memdb.take_quota(:org_id, 'memories', '-infinity', m.memory_quota, m.counts - (SELECT count(*) FROM expired))
