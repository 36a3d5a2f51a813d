-- Adds memories to an agent, with the same result as adding them one after the other. Each field is a list in the order of the memories. If
-- the agent already has a memory, returns the existing one and counts a retrieval. It is the same memory if it has the same id and content,
-- or the same content and user, also as an earlier item. The ids given must be distinct. No rows mean that there is no such agent.
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
given AS MATERIALIZED (
    SELECT
        g.*,
        writer.language,
        -- Pages are sorted by id.
        coalesce(g.given_id, memdb.id_at(g.created_at), memdb.new_id()) AS id,
        memdb.content_hash(g.content) AS content_hash
    FROM writer, unnest(
        :id::uuid[], :content::text[], :embedding::halfvec[], :embedding_model::text[], :category::text[], :labels::jsonb[], :status::text[],
        :source::text[], :confidence::float8[], :tags::jsonb[], :metadata::jsonb[], :user_id::uuid[], :session_id::uuid[],
        :created_at::timestamptz[], :updated_at::timestamptz[], :observed_at::timestamptz[], :valid_from::timestamptz[],
        :valid_until::timestamptz[], :expires_at::timestamptz[]
    ) WITH ORDINALITY AS g (
        given_id, content, embedding, embedding_model, category, labels, status, source, confidence, tags, metadata, user_id, session_id,
        created_at, updated_at, observed_at, valid_from, valid_until, expires_at, number
    )
),
-- Up to the insert, the CTEs carry only what identifies the new memories: whole items are slow to sort.
found AS (
    SELECT
        g.number,
        g.content_hash,
        g.user_id,
        g.session_id,
        g.status,
        char_length(g.content) AS length,
        holder.id AS holder_id,
        holder.lapsed,
        coalesce(same.id, CASE WHEN NOT holder.lapsed THEN holder.id END) AS known_id
    FROM given AS g
    LEFT JOIN LATERAL (
        SELECT m.id
        FROM memdb.memories AS m
        WHERE m.org_id = :org_id
            AND m.id = g.given_id
            AND m.agent_id = :agent_id
            AND m.content_hash = g.content_hash
            AND m.deleted_at IS NULL
            AND (m.expires_at IS NULL OR m.expires_at > now())
        LIMIT 1
    ) AS same ON true
    LEFT JOIN LATERAL (
        -- A live memory, or an expired one that still occupies the content's entry in the unique index.
        SELECT
            m.id,
            coalesce(m.expires_at <= now(), false) AS lapsed
        FROM memdb.memories AS m
        WHERE m.org_id = :org_id
            AND m.content_hash = g.content_hash
            AND m.agent_id = :agent_id
            AND m.user_id IS NOT DISTINCT FROM g.user_id
            AND m.status = 'active'
            AND m.deleted_at IS NULL
        ORDER BY lapsed, m.apart NULLS FIRST
        LIMIT 1
    ) AS holder ON true
),
-- Of the items with the same content, those up to the first active one are new; the later ones repeat it.
led AS (
    SELECT
        f.*,
        f.known_id IS NULL AND f.number <= coalesce(
            min(f.number) FILTER (WHERE f.known_id IS NULL AND f.status = 'active') OVER (
                PARTITION BY f.content_hash, f.user_id
                ORDER BY f.number
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ),
            f.number
        ) AS new
    FROM found AS f
),
item AS MATERIALIZED (
    SELECT
        l.number,
        l.holder_id,
        l.lapsed,
        l.known_id,
        l.new,
        l.nth,
        CASE
            WHEN l.session_id IS NOT NULL
            THEN sum(coalesce(l.session_began, 0) + CASE WHEN l.new THEN l.length ELSE 0 END)
                OVER (PARTITION BY l.session_id ORDER BY l.number) - l.length / 2
        END AS session_offset
    FROM (
        SELECT
            l.*,
            CASE
                WHEN row_number() OVER (PARTITION BY l.session_id ORDER BY l.number) = 1 THEN (
                    -- The last by id, which need not be the last added.
                    SELECT max(o.until)
                    FROM (
                        SELECT m.session_offset + char_length(m.content) / 2 AS until
                        FROM memdb.memories AS m
                        WHERE m.org_id = :org_id
                            AND m.session_id = l.session_id
                            AND m.deleted_at IS NULL
                        ORDER BY m.id DESC
                        LIMIT 8
                    ) AS o
                )
            END AS session_began
        FROM (
            SELECT
                l.*,
                -- The rank of a new item among the new ones. An item that repeats another has the same rank.
                count(*) FILTER (WHERE l.new) OVER (ORDER BY l.content_hash, l.user_id, l.number) AS nth
            FROM led AS l
        ) AS l
    ) AS l
),
lapsed AS MATERIALIZED (
    SELECT m.id
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id
        AND m.id = ANY (ARRAY(SELECT i.holder_id FROM item AS i WHERE i.lapsed))
        AND m.status = 'active'
        AND m.deleted_at IS NULL
        AND m.expires_at <= now()
        -- Usually nothing has expired; then nothing is read, whatever the plan.
        AND (SELECT bool_or(i.lapsed) FROM item AS i)
    ORDER BY m.id
    FOR NO KEY UPDATE
),
expired AS (
    UPDATE memdb.memories AS m
    SET
        deleted_at = now(),
        updated_at = greatest(m.updated_at, now()),
        version = m.version + 1
    WHERE m.org_id = :org_id
        AND m.id = ANY (ARRAY(SELECT l.id FROM lapsed AS l))
        AND EXISTS (SELECT FROM lapsed)
    RETURNING m AS memory
),
inserted AS (
    INSERT INTO memdb.memories AS m (
        org_id, id, agent_id, user_id, session_id, created_at, updated_at, observed_at, valid_from, valid_until, expires_at, confidence,
        category, labels, status, source, language, embedding_model, content, tags, metadata, embedded,
        session_offset
    )
    SELECT
        :org_id,
        n.id,
        :agent_id,
        n.user_id,
        n.session_id,
        coalesce(memdb.created_then(n.created_at), now()),
        coalesce(memdb.updated_then(n.updated_at, coalesce(n.created_at, now())), n.created_at, now()),
        coalesce(n.observed_at, n.created_at, now()),
        coalesce(n.valid_from, n.observed_at, n.created_at, now()),
        n.valid_until,
        n.expires_at,
        n.confidence,
        coalesce(n.category, memdb.surest_label(n.labels), 'factual'),
        coalesce(n.labels, '{}'),
        n.status,
        n.source,
        n.language,
        n.embedding_model,
        n.content,
        CASE
            WHEN n.tags IS NULL THEN '{}'
            ELSE ARRAY(SELECT DISTINCT t.tag COLLATE "C" FROM jsonb_array_elements_text(n.tags -> 'tags') AS t (tag) ORDER BY 1)
        END,
        coalesce(n.metadata, '{}'),
        n.embedding IS NOT NULL,
        n.session_offset
    -- Counting the expired rows makes this statement wait until they are out of the index.
    FROM (SELECT count(*) FROM expired) AS cleared
    CROSS JOIN (
        SELECT
            g.*,
            i.new,
            i.nth,
            i.session_offset
        FROM item AS i
        -- A FULL join is never planned as a nested loop over two long lists. Each row has its counterpart.
        FULL JOIN given AS g ON g.number = i.number
    ) AS n
    WHERE coalesce(n.new, false)
    -- Sorted by content, so that concurrent writers of the same contents do not deadlock.
    ORDER BY n.nth
    -- A concurrent writer came first: return its memory unchanged. DO NOTHING would return no row.
    ON CONFLICT (org_id, content_hash, agent_id, user_id, apart) WHERE status = 'active' AND deleted_at IS NULL
        DO UPDATE SET version = m.version
    RETURNING
        m.id,
        m.tags,
        m AS memory,
        m.xmax = 0 AS created
),
tagged AS (
    INSERT INTO memdb.memory_tags (org_id, memory_id, tag)
    SELECT
        :org_id,
        c.id,
        given.tag
    FROM inserted AS c, unnest(c.tags) AS given (tag)
    WHERE c.created
),
embedding AS (
    INSERT INTO memdb.memory_embeddings (org_id, memory_id, agent_id, space, embedding)
    SELECT
        :org_id,
        n.id,
        :agent_id,
        :space::smallint,
        n.embedding
    FROM given AS n
    WHERE n.embedding IS NOT NULL
        AND (n.id IN (SELECT c.id FROM inserted AS c WHERE c.created)) IS TRUE
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
result AS MATERIALIZED (
    SELECT
        c.memory,
        c.created AND i.new AS created,
        i.number
    FROM (
        SELECT
            c.memory,
            c.created,
            row_number() OVER () AS nth
        FROM inserted AS c
    ) AS c
    FULL JOIN (SELECT * FROM item WHERE known_id IS NULL) AS i ON i.nth = c.nth
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
),
retrieved AS (
    INSERT INTO memdb.memory_usage AS u (org_id, memory_id, retrievals, last_retrieved_at)
    SELECT
        :org_id,
        (r.memory).id,
        count(*),
        now()
    FROM result AS r
    WHERE NOT r.created
    GROUP BY (r.memory).id
    ORDER BY (r.memory).id
    ON CONFLICT (org_id, memory_id) DO UPDATE
        SET
            retrievals = u.retrievals + excluded.retrievals,
            last_retrieved_at = excluded.last_retrieved_at
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
            (SELECT count(*) FROM inserted AS c WHERE c.created) - (SELECT count(*) FROM expired)
        )
    FROM writer AS w
)
ORDER BY r.number
