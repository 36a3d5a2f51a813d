-- Changes what is given of one live memory; NULL leaves a field as it is. A changed content drops the embedding unless a new one comes with it.
-- not null: tags, embedded
WITH updated AS (
    UPDATE memdb.memories AS m
    SET
        content = coalesce(:content::text, m.content),
        embedding = CASE
            WHEN :embedding::vector IS NOT NULL THEN :embedding
            WHEN :content <> m.content THEN NULL
            ELSE m.embedding
        END,
        embedding_model = CASE
            WHEN :embedding IS NOT NULL THEN :embedding_model::text
            WHEN :content <> m.content THEN NULL
            ELSE coalesce(:embedding_model, m.embedding_model)
        END,
        category = coalesce(:category::text, m.category),
        status = coalesce(:status::text, m.status),
        confidence = coalesce(:confidence::float8, m.confidence),
        metadata = coalesce(:metadata::jsonb, m.metadata),
        expires_at = CASE WHEN :never_expires::boolean THEN NULL ELSE coalesce(:expires_at::timestamptz, m.expires_at) END,
        updated_at = now(),
        version = memdb.next_version(m.version, :expected_version::int)
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.id = :id::uuid
        AND m.deleted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > now())
    RETURNING m.*
),
changed AS (
    SELECT
        m.*,
        CASE
            WHEN :tags::text[] IS NOT NULL THEN ARRAY(SELECT DISTINCT given.tag FROM unnest(:tags) AS given (tag) ORDER BY given.tag)
            ELSE ARRAY(
                SELECT t.tag
                FROM memdb.memory_tags AS t
                WHERE t.org_id = m.org_id AND t.memory_id = m.id
                ORDER BY t.tag
            )
        END AS tags
    FROM updated AS m
),
untagged AS (
    DELETE FROM memdb.memory_tags AS t
    USING changed AS c
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
    FROM changed AS c, unnest(c.tags) AS given (tag)
    ON CONFLICT DO NOTHING
),
recorded AS (
    INSERT INTO memdb.memory_versions (
        org_id, memory_id, version, operation, reason, content, category, status, confidence, tags, metadata, expires_at, deleted_at
    )
    SELECT
        c.org_id, c.id, c.version, 'update', :reason::text, c.content, c.category, c.status, c.confidence, c.tags, c.metadata, c.expires_at,
        c.deleted_at
    FROM changed AS c
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
FROM changed AS m
