-- Reverts a live memory to one of its versions. Its status, its successors and its expiry stay, as does the validity of a superseded or
-- merged memory. No row means that there is no such memory or version.
WITH target AS MATERIALIZED (
    SELECT
        m.agent_id,
        m.user_id,
        memdb.content_hash(v.content) AS content_hash,
        v.content,
        v.category,
        v.labels,
        v.confidence,
        v.tags,
        v.metadata,
        v.valid_from,
        v.valid_until,
        v.content <> m.content AS is_rewritten
    FROM memdb.memory_versions AS v
    JOIN memdb.memories AS m ON m.org_id = v.org_id AND m.id = v.memory_id
    WHERE v.org_id = :org_id::memdb.tenant
        AND v.memory_id = :id::uuid
        AND v.version = :version::int
        AND m.org_id = :org_id
        AND m.id = :id
        AND m.deleted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > now())
    FOR NO KEY UPDATE OF m
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
reverted AS (
    UPDATE memdb.memories AS m
    SET
        content = t.content,
        apart = CASE WHEN m.kept OR NOT t.is_rewritten THEN m.apart END,
        embedded = m.embedded AND t.content = m.content,
        embedding_model = CASE WHEN t.content = m.content THEN m.embedding_model END,
        category = t.category,
        labels = t.labels,
        confidence = t.confidence,
        tags = t.tags,
        metadata = t.metadata,
        valid_from = CASE WHEN m.status IN ('superseded', 'merged') THEN m.valid_from ELSE coalesce(t.valid_from, m.valid_from) END,
        valid_until = CASE
            WHEN m.status IN ('superseded', 'merged') OR t.valid_from IS NULL THEN m.valid_until
            ELSE t.valid_until
        END,
        updated_at = greatest(m.updated_at, now()),
        version = memdb.next_version(m.version, :expected_version::int)
    -- Counting the expired rows makes this statement wait until they are out of the index.
    FROM target AS t, (SELECT count(*) FROM expired) AS cleared, memdb.writers AS w
    WHERE m.org_id = :org_id
        AND m.id = :id
        AND m.deleted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > now())
        AND w.org_id = :org_id
        AND w.id = m.agent_id
        AND memdb.takes_writes(w, m.agent_id)
    RETURNING
        m.*,
        m AS memory,
        w.memory_quota
),
untagged AS (
    DELETE FROM memdb.memory_tags AS t
    USING reverted AS c
    WHERE t.org_id = :org_id
        AND t.memory_id = c.id
        AND t.tag <> ALL (c.tags)
),
tagged AS (
    INSERT INTO memdb.memory_tags (org_id, memory_id, tag)
    SELECT
        c.org_id,
        c.id,
        given.tag
    FROM reverted AS c, unnest(c.tags) AS given (tag)
    ON CONFLICT DO NOTHING
),
outdated AS (
    -- The embeddings are outdated in every space. An embedder may have stored one after this statement took its snapshot.
    INSERT INTO memdb.memory_embeddings (org_id, memory_id, agent_id, space)
    SELECT
        c.org_id,
        c.id,
        c.agent_id,
        s.space
    FROM reverted AS c, target AS t, memdb.embedding_spaces AS s
    WHERE t.is_rewritten
    ON CONFLICT (org_id, memory_id, space) DO UPDATE SET embedding = NULL
),
recorded AS (
    INSERT INTO memdb.memory_versions
    SELECT v.*
    FROM reverted AS c, memdb.version_of(c.memory, 'revert', :reason::text, :actor::text) AS v
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
FROM reverted AS m
WHERE m.memory_quota IS NULL
    OR memdb.take_quota(:org_id, 'memories', '-infinity', m.memory_quota, -(SELECT count(*) FROM expired))
