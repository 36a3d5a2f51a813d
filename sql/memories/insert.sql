-- A new active memory of a live agent. Where the agent has it already, the one there is: by the same id and content, or by the same
-- content for the same user. No row means that there is no such agent.
-- not null: id, agent_id, content, category, status, source, confidence, tags, metadata, embedded, version
-- not null: observed_at, created_at, updated_at
WITH agent AS (
    SELECT a.id
    FROM memdb.agents AS a
    WHERE a.org_id = :org_id::memdb.tenant
        AND a.id = :agent_id::uuid
        AND a.deleted_at IS NULL
),
expired AS (
    -- An expired duplicate still holds the content's place in the unique index.
    UPDATE memdb.memories AS m
    SET
        deleted_at = now(),
        updated_at = greatest(m.updated_at, now()),
        version = m.version + 1
    WHERE m.org_id = :org_id
        AND m.content_hash = memdb.content_hash(:content::text)
        AND m.agent_id = :agent_id
        AND m.user_id IS NOT DISTINCT FROM :user_id::uuid
        AND m.status = 'active'
        AND m.deleted_at IS NULL
        AND m.expires_at <= now()
        AND EXISTS (SELECT FROM agent)
    RETURNING m.*
),
known AS (
    -- Two arms, because each has its own index.
    SELECT
        m.id,
        1 AS preference
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id
        AND m.id = :id::uuid
        AND m.agent_id = :agent_id
        AND m.content_hash = memdb.content_hash(:content)
        AND m.deleted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > now())
    UNION ALL
    SELECT
        m.id,
        2 AS preference
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id
        AND m.content_hash = memdb.content_hash(:content)
        AND m.agent_id = :agent_id
        AND m.user_id IS NOT DISTINCT FROM :user_id
        AND m.status = 'active'
        AND m.deleted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > now())
),
existing AS (
    SELECT
        m.*,
        false AS created
    FROM agent, memdb.memories AS m
    WHERE m.org_id = :org_id
        AND m.id = (SELECT k.id FROM known AS k ORDER BY k.preference LIMIT 1)
),
inserted AS (
    INSERT INTO memdb.memories AS m (
        org_id, id, agent_id, user_id, session_id, observed_at, expires_at, confidence, category, source, embedding_model, content, tags,
        metadata, embedding
    )
    SELECT
        :org_id,
        coalesce(:id, memdb.new_id()),
        agent.id,
        :user_id,
        :session_id::uuid,
        coalesce(:observed_at::timestamptz, now()),
        :expires_at::timestamptz,
        :confidence::float8,
        :category::text,
        :source::text,
        :embedding_model::text,
        :content,
        ARRAY(SELECT DISTINCT given.tag FROM unnest(:tags::text[]) AS given (tag) ORDER BY given.tag),
        coalesce(:metadata::jsonb, '{}'),
        :embedding::vector
    -- Counting the expired makes this wait until they are out of its way.
    FROM agent, (SELECT count(*) FROM expired) AS cleared
    WHERE NOT EXISTS (SELECT FROM existing)
    -- Another writer was faster: take its memory as it is. DO NOTHING would return no row.
    ON CONFLICT (org_id, content_hash, agent_id, user_id) WHERE status = 'active' AND deleted_at IS NULL
        DO UPDATE SET version = m.version
    RETURNING
        m.*,
        m.xmax = 0 AS created
),
tagged AS (
    INSERT INTO memdb.memory_tags (org_id, memory_id, tag)
    SELECT
        c.org_id,
        c.id,
        given.tag
    FROM inserted AS c, unnest(c.tags) AS given (tag)
    WHERE c.created
),
recorded AS (
    INSERT INTO memdb.memory_versions (
        org_id, memory_id, version, operation, reason, changed_at, expires_at, deleted_at, content, category, status, confidence, tags,
        metadata
    )
    SELECT
        c.org_id, c.id, c.version, 'create', NULL, c.updated_at, c.expires_at, c.deleted_at, c.content, c.category,
        c.status, c.confidence, c.tags, c.metadata
    FROM inserted AS c
    WHERE c.created
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
FROM (SELECT * FROM inserted UNION ALL SELECT * FROM existing) AS m
