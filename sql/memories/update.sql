-- Changes what is given of one live memory; NULL leaves a field as it is, unless :cleared names it. A changed content without a new embedding drops
-- the old one. The memory is locked before its expired duplicate makes way, so that one is never without the other.
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
expired AS (
    -- An expired duplicate still holds the content's place in the unique index.
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
updated AS (
    UPDATE memdb.memories AS m
    SET
        content = coalesce(:content, m.content),
        apart = CASE WHEN m.kept OR :content IS NULL THEN m.apart END,
        embedded = :embedding::halfvec IS NOT NULL OR (m.embedded AND NOT t.is_outdated),
        embedding_model = CASE
            WHEN :embedding IS NOT NULL THEN :embedding_model::text
            -- Without an embedding there is none; one that is given is refused by the constraint.
            WHEN t.is_outdated THEN :embedding_model
            ELSE coalesce(:embedding_model, CASE WHEN 'embedding_model' <> ALL (:cleared) THEN m.embedding_model END)
        END,
        -- Of several labels the surest is the category, unless one is named.
        category = coalesce(
            :category::text,
            (
                SELECT l.key FROM jsonb_each(:labels::jsonb) AS l
                WHERE memdb.labels_fit(:labels)
                ORDER BY l.value DESC, l.key COLLATE "C"
                LIMIT 1
            ),
            m.category
        ),
        labels = coalesce(:labels, m.labels),
        status = CASE
            WHEN :status::text IS NULL OR m.status = :status THEN m.status
            ELSE memdb.next_status(m.status, :status)
        END,
        confidence = coalesce(:confidence::float8, m.confidence),
        tags = CASE
            WHEN :tags::text[] IS NULL THEN m.tags
            ELSE ARRAY(SELECT DISTINCT given.tag COLLATE "C" FROM unnest(:tags) AS given (tag) ORDER BY 1)
        END,
        metadata = coalesce(:metadata::jsonb, m.metadata),
        valid_from = coalesce(:valid_from::timestamptz, m.valid_from),
        valid_until = coalesce(:valid_until::timestamptz, CASE WHEN 'valid_until' <> ALL (:cleared) THEN m.valid_until END),
        expires_at = coalesce(:expires_at::timestamptz, CASE WHEN 'expires_at' <> ALL (:cleared) THEN m.expires_at END),
        updated_at = greatest(m.updated_at, now()),
        version = memdb.next_version(m.version, :expected_version::int)
    -- Counting the expired makes this wait until they are out of its way. The target is read in any case: read later, by whoever needs it
    -- only then, it would not be found, being changed already.
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
        t.is_outdated,
        w.memory_quota
),
untagged AS (
    DELETE FROM memdb.memory_tags AS t
    USING updated AS c
    WHERE :tags IS NOT NULL
        AND t.org_id = :org_id
        AND t.memory_id = c.id
        AND t.tag <> ALL (c.tags)
),
tagged AS (
    INSERT INTO memdb.memory_tags (org_id, memory_id, tag)
    SELECT
        c.org_id,
        c.id,
        given.tag
    FROM updated AS c, unnest(c.tags) AS given (tag)
    WHERE :tags IS NOT NULL
    ON CONFLICT DO NOTHING
),
embedding AS (
    -- What was embedded before is outdated in every space; an embedder may have stored it after this statement began to look.
    INSERT INTO memdb.memory_embeddings (org_id, memory_id, agent_id, space, embedding)
    SELECT
        c.org_id,
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
FROM updated AS m
WHERE m.memory_quota IS NULL
    OR memdb.take_quota(:org_id, 'memories', '-infinity', m.memory_quota, -(SELECT count(*) FROM expired))
