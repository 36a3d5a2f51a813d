-- Changes the given fields of one live memory. NULL leaves a field unchanged, unless :cleared names it. Changing the content without giving
-- a new embedding drops the old one. The memory is locked before its expired duplicate is removed, so that neither happens without the
-- other.
WITH target AS MATERIALIZED (
    SELECT
        m.agent_id,
        m.user_id,
        coalesce(memdb.content_hash(:content::text), m.content_hash) AS content_hash,
        coalesce(:content <> m.content, false) OR 'embedding' = ANY (:cleared::text[]) AS is_outdated
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.id = :id::uuid
        AND m.deleted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > now())
    FOR NO KEY UPDATE
),
cleared AS MATERIALIZED (
    -- An expired duplicate still occupies the content's entry in the unique index.
    SELECT
        t.is_outdated,
        CASE WHEN e.ids IS NULL THEN 0 ELSE memdb.end_expired_memories(:org_id, e.ids, :actor::text) END AS ended
    FROM target AS t, LATERAL (
        SELECT array_agg(m.id) AS ids
        FROM memdb.memories AS m
        WHERE m.org_id = :org_id
            AND m.content_hash = t.content_hash
            AND m.agent_id = t.agent_id
            AND m.user_id IS NOT DISTINCT FROM t.user_id
            AND m.id <> :id
            AND m.status = 'active'
            AND m.deleted_at IS NULL
            AND m.expires_at <= now()
    ) AS e
),
updated AS (
    UPDATE memdb.memories AS m
    SET
        content = coalesce(:content, m.content),
        apart = CASE WHEN m.kept OR :content IS NULL THEN m.apart END,
        embedded = :embedding::halfvec IS NOT NULL OR (m.embedded AND NOT t.is_outdated),
        embedding_model = CASE
            WHEN :embedding IS NOT NULL THEN :embedding_model::text
            -- Without an embedding there is no model. If one is given, the constraint refuses it.
            WHEN t.is_outdated THEN :embedding_model
            ELSE coalesce(:embedding_model, CASE WHEN 'embedding_model' <> ALL (:cleared) THEN m.embedding_model END)
        END,
        category = coalesce(:category::text, memdb.surest_label(:labels::jsonb), m.category),
        labels = coalesce(:labels, m.labels),
        status = CASE
            WHEN :status::text IS NULL OR m.status = :status THEN m.status
            ELSE memdb.next_status(m.status, :status)
        END,
        confidence = coalesce(:confidence::float8, m.confidence),
        tags = coalesce(memdb.tags_in_order(:tags::text[]), m.tags),
        metadata = coalesce(:metadata::jsonb, m.metadata),
        valid_from = coalesce(:valid_from::timestamptz, m.valid_from),
        valid_until = coalesce(:valid_until::timestamptz, CASE WHEN 'valid_until' <> ALL (:cleared) THEN m.valid_until END),
        expires_at = coalesce(:expires_at::timestamptz, CASE WHEN 'expires_at' <> ALL (:cleared) THEN m.expires_at END),
        updated_at = greatest(m.updated_at, now()),
        version = memdb.next_version(m.version, :expected_version::int)
    FROM cleared AS t, memdb.writers AS w
    WHERE m.org_id = :org_id
        AND m.id = :id
        AND m.deleted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > now())
        AND w.org_id = :org_id
        AND w.id = m.agent_id
        AND memdb.takes_writes(w, m.agent_id)
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
        m AS memory,
        t.is_outdated,
        t.ended,
        w.memory_quota
),
embedding AS (
    -- The old embeddings are outdated in every space. An embedder may have stored one after this statement took its snapshot.
    INSERT INTO memdb.memory_embeddings (org_id, memory_id, agent_id, space, embedding)
    SELECT
        :org_id,
        c.id,
        c.agent_id,
        s.space,
        CASE WHEN s.space = :space::smallint THEN :embedding END
    FROM updated AS c, memdb.embedding_spaces AS s
    WHERE c.is_outdated
        OR (s.space = :space AND :embedding IS NOT NULL)
    ON CONFLICT (org_id, memory_id, space) DO UPDATE SET embedding = excluded.embedding
),
recorded AS (
    INSERT INTO memdb.memory_versions
    SELECT v.*
    FROM updated AS c, memdb.version_of(c.memory, 'update', :reason::text, :actor::text) AS v
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
FROM updated AS m
WHERE (:tags IS NULL OR memdb.replace_tags(:org_id, m.id, m.tags))
    AND (m.memory_quota IS NULL OR memdb.take_quota(:org_id, 'memories', '-infinity', m.memory_quota, -m.ended))
