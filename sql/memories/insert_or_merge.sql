-- Adds a memory to an agent. If the agent already has its content, merges the new details into the existing memory. No row means that there
-- is no such agent.
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
expired AS (
    -- An expired duplicate still occupies the content's entry in the unique index.
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
        AND EXISTS (SELECT FROM writer)
    RETURNING m AS memory
),
known AS (
    SELECT m.apart
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id
        AND m.content_hash = memdb.content_hash(:content)
        AND m.agent_id = :agent_id
        AND m.user_id IS NOT DISTINCT FROM :user_id
        AND m.status = 'active'
        AND m.deleted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > now())
    ORDER BY m.apart NULLS FIRST
    LIMIT 1
),
upserted AS (
    INSERT INTO memdb.memories AS m (
        org_id, id, agent_id, user_id, session_id, created_at, updated_at, observed_at, valid_from, valid_until, expires_at, confidence,
        category, labels, status, source, language, embedding_model, content, tags, metadata, embedded, apart,
        session_offset
    )
    SELECT
        :org_id,
        -- Pages are sorted by id.
        coalesce(:id::uuid, memdb.id_at(:created_at::timestamptz), memdb.new_id()),
        writer.id,
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
        writer.language,
        :embedding_model::text,
        :content,
        coalesce(memdb.tags_in_order(:tags::text[]), '{}'),
        coalesce(:metadata::jsonb, '{}'),
        :embedding::halfvec IS NOT NULL,
        -- Takes the value of the known memory, which may be a kept one, so that the insert conflicts with it.
        known.apart,
        char_length(:content) / 2 + memdb.session_end(:org_id, :session_id)
    -- Counting the expired rows makes this statement wait until they are out of the index.
    FROM writer
    CROSS JOIN (SELECT count(*) FROM expired) AS cleared
    LEFT JOIN known ON true
    ON CONFLICT (org_id, content_hash, agent_id, user_id, apart) WHERE status = 'active' AND deleted_at IS NULL DO UPDATE
        SET
            tags = ARRAY(SELECT DISTINCT either.tag COLLATE "C" FROM unnest(m.tags || excluded.tags) AS either (tag) ORDER BY 1),
            metadata = m.metadata || excluded.metadata,
            labels = CASE
                WHEN excluded.labels = '{}' THEN m.labels
                ELSE jsonb_build_object(m.category, m.confidence) || m.labels || excluded.labels
            END,
            confidence = greatest(m.confidence, excluded.confidence),
            embedded = m.embedded OR excluded.embedded,
            embedding_model = CASE WHEN m.embedded THEN m.embedding_model ELSE excluded.embedding_model END,
            observed_at = greatest(m.observed_at, excluded.observed_at),
            valid_from = least(m.valid_from, excluded.valid_from),
            -- No end is later than any end.
            valid_until = nullif(
                greatest(coalesce(m.valid_until, 'infinity'), coalesce(excluded.valid_until, 'infinity')), 'infinity'
            ),
            expires_at = nullif(greatest(coalesce(m.expires_at, 'infinity'), coalesce(excluded.expires_at, 'infinity')), 'infinity'),
            updated_at = greatest(m.updated_at, now()),
            version = m.version + 1
    RETURNING
        m.*,
        m AS memory,
        m.xmax = 0 AS created
),
tagged AS (
    INSERT INTO memdb.memory_tags (org_id, memory_id, tag)
    SELECT
        c.org_id,
        c.id,
        given.tag
    FROM upserted AS c, unnest(c.tags) AS given (tag)
    ON CONFLICT DO NOTHING
),
embedding AS (
    INSERT INTO memdb.memory_embeddings AS e (org_id, memory_id, agent_id, space, embedding)
    SELECT
        c.org_id,
        c.id,
        c.agent_id,
        :space::smallint,
        :embedding
    FROM upserted AS c
    WHERE :embedding IS NOT NULL
    ON CONFLICT (org_id, memory_id, space) DO UPDATE SET embedding = coalesce(e.embedding, excluded.embedding)
),
recorded AS (
    INSERT INTO memdb.memory_versions
    SELECT v.*
    FROM upserted AS c, memdb.version_of(c.memory, CASE WHEN c.created THEN 'create' ELSE 'merge' END, NULL, :actor::text) AS v
),
ended AS (
    INSERT INTO memdb.memory_versions
    SELECT v.*
    FROM expired AS c, memdb.version_of(c.memory, 'expire', NULL, :actor) AS v
),
retrieved AS (
    INSERT INTO memdb.memory_usage AS u (org_id, memory_id, retrievals, last_retrieved_at)
    SELECT
        c.org_id,
        c.id,
        1,
        now()
    FROM upserted AS c
    WHERE NOT c.created
    ON CONFLICT (org_id, memory_id) DO UPDATE
        SET
            retrievals = u.retrievals + 1,
            last_retrieved_at = excluded.last_retrieved_at
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
FROM upserted AS m, writer
WHERE writer.memory_quota IS NULL
    OR memdb.take_quota(:org_id, 'memories', '-infinity', writer.memory_quota, m.created::int - (SELECT count(*) FROM expired))
