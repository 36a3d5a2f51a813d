-- Adds memories to an agent that are kept even if others have the same contents. Each field is a list in the order of the memories. An item
-- whose external id the agent has becomes a new version of that memory. An item without an external id whose id and content the agent has
-- returns the existing memory. The external ids and the ids given must be distinct. Deleted or expired memories are restored if `restores`
-- is true. No rows mean that there is no such agent.
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
given AS (
    SELECT
        g.*,
        writer.language,
        -- Pages are sorted by id.
        coalesce(g.given_id, memdb.id_at(g.created_at), memdb.new_id()) AS id
    FROM writer, unnest(
        :id::uuid[], :external_id::text[], :content::text[], :embedding::halfvec[], :embedding_model::text[], :category::text[],
        :labels::jsonb[], :status::text[], :source::text[], :confidence::float8[], :tags::jsonb[], :metadata::jsonb[], :user_id::uuid[],
        :session_id::uuid[], :created_at::timestamptz[], :updated_at::timestamptz[], :observed_at::timestamptz[],
        :valid_from::timestamptz[], :valid_until::timestamptz[], :expires_at::timestamptz[]
    ) WITH ORDINALITY AS g (
        given_id, external_id, content, embedding, embedding_model, category, labels, status, source, confidence, tags, metadata, user_id,
        session_id, created_at, updated_at, observed_at, valid_from, valid_until, expires_at, number
    )
),
found AS (
    SELECT
        g.*,
        same.id AS known_id
    FROM given AS g
    LEFT JOIN LATERAL (
        SELECT m.id
        FROM memdb.memories AS m
        WHERE m.org_id = :org_id
            AND m.id = g.given_id
            AND m.agent_id = :agent_id
            AND m.content_hash = memdb.content_hash(g.content)
            AND m.deleted_at IS NULL
            AND (m.expires_at IS NULL OR m.expires_at > now())
            AND g.external_id IS NULL
        LIMIT 1
    ) AS same ON true
),
item AS MATERIALIZED (
    SELECT
        f.*,
        -- The rank of a new item among the new ones.
        count(*) FILTER (WHERE f.known_id IS NULL) OVER (ORDER BY f.external_id, f.number) AS nth,
        CASE
            WHEN f.session_id IS NOT NULL
            THEN sum(coalesce(f.session_began, 0) + CASE WHEN f.known_id IS NULL THEN char_length(f.content) ELSE 0 END)
                OVER (PARTITION BY f.session_id ORDER BY f.number) - char_length(f.content) / 2
        END AS session_offset
    FROM (
        SELECT
            f.*,
            CASE
                WHEN row_number() OVER (PARTITION BY f.session_id ORDER BY f.number) = 1 THEN (
                    -- The last by id, which need not be the last added.
                    SELECT max(o.until)
                    FROM (
                        SELECT m.session_offset + char_length(m.content) / 2 AS until
                        FROM memdb.memories AS m
                        WHERE m.org_id = :org_id
                            AND m.session_id = f.session_id
                            AND m.deleted_at IS NULL
                        ORDER BY m.id DESC
                        LIMIT 8
                    ) AS o
                )
            END AS session_began
        FROM found AS f
    ) AS f
),
-- The rows as they were, locked in the order of the external ids, so that concurrent writers of the same ids do not deadlock.
before AS MATERIALIZED (
    SELECT
        m.id,
        m.content,
        m.deleted_at IS NOT NULL AS is_deleted,
        m.deleted_at IS NOT NULL OR coalesce(m.expires_at <= now(), false) AS has_ended
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id
        AND m.external_id = ANY (ARRAY(SELECT i.external_id FROM item AS i WHERE i.external_id IS NOT NULL))
        -- Not `=`, which might make the planner read all of the agent's memories.
        AND m.agent_id IS NOT DISTINCT FROM :agent_id
    ORDER BY m.external_id
    FOR NO KEY UPDATE
),
put AS (
    INSERT INTO memdb.memories AS m (
        org_id, id, apart, kept, external_id, agent_id, user_id, session_id, created_at, updated_at, observed_at, valid_from, valid_until,
        expires_at, confidence, category, labels, status, source, language, embedding_model, content, tags, metadata, embedded,
        session_offset
    )
    SELECT
        :org_id,
        i.id,
        i.id,
        true,
        i.external_id,
        :agent_id,
        i.user_id,
        i.session_id,
        coalesce(memdb.created_then(i.created_at), now()),
        coalesce(memdb.updated_then(i.updated_at, coalesce(i.created_at, now())), i.created_at, now()),
        coalesce(i.observed_at, i.created_at, now()),
        coalesce(i.valid_from, i.observed_at, i.created_at, now()),
        i.valid_until,
        i.expires_at,
        i.confidence,
        coalesce(i.category, memdb.surest_label(i.labels), 'factual'),
        coalesce(i.labels, '{}'),
        i.status,
        i.source,
        i.language,
        i.embedding_model,
        i.content,
        CASE
            WHEN i.tags IS NULL THEN '{}'
            ELSE ARRAY(SELECT DISTINCT t.tag COLLATE "C" FROM jsonb_array_elements_text(i.tags -> 'tags') AS t (tag) ORDER BY 1)
        END,
        coalesce(i.metadata, '{}'),
        i.embedding IS NOT NULL,
        i.session_offset
    -- Counting the rows makes the insert wait until all of them are locked.
    FROM (SELECT count(*) FROM before) AS locked, item AS i
    WHERE i.known_id IS NULL
    ORDER BY i.nth
    ON CONFLICT (org_id, external_id, agent_id) WHERE external_id IS NOT NULL DO UPDATE
        SET
            session_id = excluded.session_id,
            session_offset = CASE WHEN m.session_id = excluded.session_id THEN m.session_offset ELSE excluded.session_offset END,
            content = excluded.content,
            embedded = excluded.embedded OR (m.embedded AND excluded.content = m.content),
            embedding_model = CASE
                WHEN excluded.embedded OR excluded.content <> m.content THEN excluded.embedding_model
                ELSE coalesce(excluded.embedding_model, m.embedding_model)
            END,
            category = excluded.category,
            labels = excluded.labels,
            status = CASE WHEN m.status = excluded.status THEN m.status ELSE memdb.next_status(m.status, excluded.status) END,
            source = excluded.source,
            language = excluded.language,
            confidence = excluded.confidence,
            tags = excluded.tags,
            metadata = excluded.metadata,
            observed_at = excluded.observed_at,
            valid_from = excluded.valid_from,
            valid_until = excluded.valid_until,
            expires_at = excluded.expires_at,
            deleted_at = CASE
                WHEN memdb.must(
                    :restores::boolean OR (m.deleted_at IS NULL AND (m.expires_at IS NULL OR m.expires_at > now())),
                    'external_id',
                    'is that of a deleted or expired memory: on_deleted="restore" brings it back'
                ) THEN NULL::timestamptz
            END,
            updated_at = greatest(m.updated_at, now()),
            version = CASE
                -- Otherwise its history would survive the erasure of the previous user.
                WHEN memdb.must(
                    m.user_id IS NOT DISTINCT FROM excluded.user_id, 'user_id', 'must be that of the memory with this external_id'
                ) THEN m.version + 1
            END
    RETURNING
        m AS memory,
        m.xmax = 0 AS created
),
done AS MATERIALIZED (
    -- A FULL join is never planned as a nested loop over two long lists. Each row has its counterpart.
    SELECT
        p.memory,
        (p.memory).id,
        (p.memory).tags,
        p.created,
        NOT p.created AND ((p.memory).id, (p.memory).content) NOT IN (SELECT b.id, b.content FROM before AS b) AS is_rewritten,
        (p.memory).id IN (SELECT b.id FROM before AS b WHERE b.has_ended) AS has_come_back,
        i.embedding,
        i.number
    FROM (
        SELECT
            c.memory,
            c.created,
            row_number() OVER () AS nth
        FROM put AS c
    ) AS p
    FULL JOIN (SELECT * FROM item WHERE known_id IS NULL) AS i ON i.nth = p.nth
),
untagged AS (
    DELETE FROM memdb.memory_tags AS t
    USING done AS d
    WHERE NOT d.created
        AND t.org_id = :org_id
        AND t.memory_id = d.id
        AND t.tag <> ALL (d.tags)
),
tagged AS (
    INSERT INTO memdb.memory_tags (org_id, memory_id, tag)
    SELECT
        :org_id,
        d.id,
        given.tag
    FROM done AS d, unnest(d.tags) AS given (tag)
    ON CONFLICT DO NOTHING
),
embedding AS (
    -- The old embeddings are outdated in every space. An embedder may have stored one after this statement took its snapshot.
    INSERT INTO memdb.memory_embeddings (org_id, memory_id, agent_id, space, embedding)
    SELECT
        :org_id,
        d.id,
        :agent_id,
        s.space,
        CASE WHEN s.space = :space::smallint THEN d.embedding END
    FROM done AS d, memdb.embedding_spaces AS s
    WHERE d.is_rewritten
        OR (s.space = :space AND d.embedding IS NOT NULL)
    ON CONFLICT (org_id, memory_id, space) DO UPDATE SET embedding = excluded.embedding
),
recorded AS (
    INSERT INTO memdb.memory_versions
    SELECT v.*
    FROM done AS d,
        memdb.version_of(
            d.memory, CASE WHEN d.created THEN 'create' WHEN d.has_come_back THEN 'restore' ELSE 'update' END, NULL, :actor::text
        ) AS v
),
result AS (
    SELECT
        d.memory,
        d.created,
        d.number
    FROM done AS d
    UNION ALL
    SELECT
        k.memory,
        false,
        i.number
    FROM item AS i
    CROSS JOIN LATERAL (
        SELECT m AS memory
        FROM memdb.memories AS m
        WHERE m.org_id = :org_id
            AND m.id = i.known_id
        LIMIT 1
    ) AS k
)
SELECT
    (r.memory).id,
    (r.memory).agent_id,
    (r.memory).user_id,
    (r.memory).session_id,
    (r.memory).external_id,
    (r.memory).content,
    (r.memory).category,
    (r.memory).labels,
    (r.memory).status,
    (r.memory).source,
    (r.memory).confidence,
    (r.memory).usefulness,
    (r.memory).tags,
    (r.memory).metadata,
    (r.memory).embedded,
    (r.memory).embedding_model,
    (r.memory).version,
    (r.memory).observed_at,
    (r.memory).valid_from,
    (r.memory).valid_until,
    (r.memory).expires_at,
    (r.memory).superseded_by,
    (r.memory).merged_into,
    (r.memory).created_at,
    (r.memory).updated_at,
    r.created
FROM result AS r
-- A subquery, so that it is evaluated once.
WHERE (
    SELECT
        w.memory_quota IS NULL
        OR memdb.take_quota(
            :org_id, 'memories', '-infinity', w.memory_quota,
            (SELECT count(*) FROM done AS d WHERE d.created) + (SELECT count(*) FROM before AS b WHERE b.is_deleted)
        )
    FROM writer AS w
)
ORDER BY r.number
