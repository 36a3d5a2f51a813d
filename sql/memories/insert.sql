-- Adds a memory to an agent. If the agent already has it, returns the existing memory and counts a retrieval. It is the same memory if it
-- has the same id and content, or the same content and user. No row means that there is no such agent.
-- not null: id, agent_id, content, category, labels, status, source, confidence, usefulness, tags, metadata, embedded, version
-- not null: observed_at, valid_from, created_at, updated_at, created
WITH writer AS MATERIALIZED (
    SELECT
        w.id,
        w.memory_quota,
        w.language
    FROM memdb.writers AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND w.id = :agent_id::uuid
        AND memdb.takes_writes(w, :agent_id)
),
known AS MATERIALIZED (
    -- An expired duplicate still occupies the content's entry in the unique index.
    SELECT
        (array_agg(m.id ORDER BY m.apart NULLS FIRST) FILTER (WHERE m.expires_at IS NULL OR m.expires_at > now()))[1] AS id,
        array_agg(m.id) FILTER (WHERE m.expires_at <= now()) AS expired
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id
        AND m.content_hash = memdb.content_hash(:content::text)
        AND m.agent_id = :agent_id
        AND m.user_id IS NOT DISTINCT FROM :user_id::uuid
        AND m.status = 'active'
        AND m.deleted_at IS NULL
),
place AS MATERIALIZED (
    SELECT
        writer.*,
        coalesce(
            (
                SELECT m.id FROM memdb.memories AS m
                WHERE m.org_id = :org_id
                    AND m.id = :id::uuid
                    AND m.agent_id = :agent_id
                    AND m.content_hash = memdb.content_hash(:content)
                    AND m.deleted_at IS NULL
                    AND (m.expires_at IS NULL OR m.expires_at > now())
            ),
            known.id
        ) AS known_id,
        CASE WHEN known.expired IS NULL THEN 0 ELSE memdb.end_expired_memories(:org_id, known.expired, :actor::text) END AS ended
    FROM writer, known
),
inserted AS (
    INSERT INTO memdb.memories AS m (
        org_id, id, agent_id, user_id, session_id, created_at, updated_at, observed_at, valid_from, valid_until, expires_at, confidence,
        category, labels, status, source, language, embedding_model, content, tags, metadata, embedded,
        session_offset
    )
    SELECT
        :org_id,
        -- Pages are sorted by id.
        coalesce(:id, memdb.id_at(:created_at::timestamptz), memdb.new_id()),
        p.id,
        :user_id,
        :session_id::uuid,
        coalesce(memdb.created_then(:created_at), now()),
        coalesce(memdb.updated_then(:updated_at::timestamptz, coalesce(:created_at, now())), :created_at, now()),
        coalesce(:observed_at::timestamptz, :created_at, now()),
        coalesce(:valid_from::timestamptz, :observed_at, :created_at, now()),
        :valid_until::timestamptz,
        :expires_at::timestamptz,
        :confidence::float8,
        coalesce(:category::text, memdb.surest_label(:labels::jsonb), 'factual'),
        coalesce(:labels, '{}'),
        :status::text,
        :source::text,
        p.language,
        :embedding_model::text,
        :content,
        coalesce(memdb.tags_in_order(:tags::text[]), '{}'),
        coalesce(:metadata::jsonb, '{}'),
        :embedding::halfvec IS NOT NULL,
        char_length(:content) / 2 + memdb.session_end(:org_id, :session_id)
    FROM place AS p
    WHERE p.known_id IS NULL
    -- A concurrent writer came first: return its memory unchanged. DO NOTHING would return no row.
    ON CONFLICT (org_id, content_hash, agent_id, user_id, apart) WHERE status = 'active' AND deleted_at IS NULL
        DO UPDATE SET version = m.version
    RETURNING
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
        m.updated_at,
        m.xmax = 0 AS created,
        m AS memory
),
embedding AS (
    INSERT INTO memdb.memory_embeddings (org_id, memory_id, agent_id, space, embedding)
    SELECT
        :org_id,
        c.id,
        c.agent_id,
        :space::smallint,
        :embedding
    FROM inserted AS c
    WHERE c.created
        AND :embedding IS NOT NULL
),
recorded AS (
    INSERT INTO memdb.memory_versions
    SELECT v.*
    FROM inserted AS c, memdb.version_of(c.memory, 'create', NULL, :actor) AS v
    WHERE c.created
),
-- Materialized: otherwise the quota and retrieval functions at the end might be called for every row scanned in search of the known one.
result AS MATERIALIZED (
    SELECT
        i.id,
        i.agent_id,
        i.user_id,
        i.session_id,
        i.external_id,
        i.content,
        i.category,
        i.labels,
        i.status,
        i.source,
        i.confidence,
        i.usefulness,
        i.tags,
        i.metadata,
        i.embedded,
        i.embedding_model,
        i.version,
        i.observed_at,
        i.valid_from,
        i.valid_until,
        i.expires_at,
        i.superseded_by,
        i.merged_into,
        i.created_at,
        i.updated_at,
        i.created
    FROM inserted AS i
    UNION ALL
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
        m.updated_at,
        false
    FROM place AS p, memdb.memories AS m
    WHERE m.org_id = :org_id
        AND m.id = p.known_id
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
    m.updated_at,
    m.created
FROM result AS m, place AS p
WHERE CASE
        WHEN NOT m.created THEN memdb.note_retrieval(:org_id, m.id)
        ELSE m.tags = '{}' OR memdb.write_tags(:org_id, m.id, m.tags)
    END
    AND (p.memory_quota IS NULL OR memdb.take_quota(:org_id, 'memories', '-infinity', p.memory_quota, m.created::int - p.ended))
