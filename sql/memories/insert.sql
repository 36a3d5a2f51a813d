-- A new memory of an agent. Where the agent has it already, the one there is, which counts as retrieved: by the same id and content, or by
-- the same content for the same user. No row means that there is no such agent.
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
        AND EXISTS (SELECT FROM writer)
    RETURNING m AS memory
),
known AS (
    -- Two arms, because each has its own index.
    SELECT
        m.id,
        m.apart,
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
        m.apart,
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
        m AS memory,
        false AS created
    FROM writer, memdb.memories AS m
    WHERE m.org_id = :org_id
        AND m.id = (SELECT k.id FROM known AS k ORDER BY k.preference, k.apart NULLS FIRST LIMIT 1)
),
inserted AS (
    INSERT INTO memdb.memories AS m (
        org_id, id, agent_id, user_id, session_id, created_at, updated_at, observed_at, valid_from, valid_until, expires_at, confidence,
        category, labels, status, source, language, embedding_model, content, tags, metadata, embedded,
        session_offset
    )
    SELECT
        :org_id,
        -- Pages are in the order of the ids.
        coalesce(:id, memdb.id_at(:created_at::timestamptz), memdb.new_id()),
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
        -- Of several labels the surest is the category, unless one is named.
        coalesce(
            :category::text,
            (
                SELECT l.key FROM jsonb_each(:labels::jsonb) AS l
                WHERE memdb.labels_fit(:labels)
                ORDER BY l.value DESC, l.key COLLATE "C"
                LIMIT 1
            ),
            'factual'
        ),
        coalesce(:labels, '{}'),
        :status::text,
        :source::text,
        writer.language,
        :embedding_model::text,
        :content,
        ARRAY(SELECT DISTINCT given.tag COLLATE "C" FROM unnest(:tags::text[]) AS given (tag) ORDER BY 1),
        coalesce(:metadata::jsonb, '{}'),
        :embedding::halfvec IS NOT NULL,
        CASE
            WHEN :session_id IS NOT NULL
            THEN char_length(:content) / 2 + coalesce(
                (
                    -- Of the last ones by id, which need not be the last that were added.
                    SELECT max(o.until)
                    FROM (
                        SELECT s.session_offset + char_length(s.content) / 2 AS until
                        FROM memdb.memories AS s
                        WHERE s.org_id = :org_id
                            AND s.session_id = :session_id
                            AND s.deleted_at IS NULL
                        ORDER BY s.id DESC
                        LIMIT 8
                    ) AS o
                ),
                0
            )
        END
    -- Counting the expired makes this wait until they are out of its way.
    FROM writer, (SELECT count(*) FROM expired) AS cleared
    WHERE NOT EXISTS (SELECT FROM existing)
    -- Another writer was faster: take its memory as it is. DO NOTHING would return no row.
    ON CONFLICT (org_id, content_hash, agent_id, user_id, apart) WHERE status = 'active' AND deleted_at IS NULL
        DO UPDATE SET version = m.version
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
    FROM inserted AS c, unnest(c.tags) AS given (tag)
    WHERE c.created
),
embedding AS (
    INSERT INTO memdb.memory_embeddings (org_id, memory_id, agent_id, space, embedding)
    SELECT
        c.org_id,
        c.id,
        c.agent_id,
        :space::smallint,
        :embedding
    FROM inserted AS c
    WHERE c.created
        AND c.embedded
),
recorded AS (
    INSERT INTO memdb.memory_versions
    SELECT v.*
    FROM inserted AS c, memdb.version_of(c.memory, 'create', NULL, :actor::text) AS v
    WHERE c.created
),
ended AS (
    INSERT INTO memdb.memory_versions
    SELECT v.*
    FROM expired AS c, memdb.version_of(c.memory, 'expire', NULL, :actor) AS v
),
result AS (
    SELECT * FROM inserted
    UNION ALL
    SELECT * FROM existing
),
retrieved AS (
    INSERT INTO memdb.memory_usage AS u (org_id, memory_id, retrievals, last_retrieved_at)
    SELECT
        r.org_id,
        r.id,
        1,
        now()
    FROM result AS r
    WHERE NOT r.created
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
FROM result AS m, writer
WHERE writer.memory_quota IS NULL
    OR memdb.take_quota(:org_id, 'memories', '-infinity', writer.memory_quota, m.created::int - (SELECT count(*) FROM expired))
