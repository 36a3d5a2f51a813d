-- As search_scope, with more that counts: words of the messages around one in its session, how long it is, and how near it is to an embedding
-- less what all of the scope have in common. All are compared. Of equals the later comes first.
-- not null: content, tool_calls, score, vector, text, context, length
WITH question AS MATERIALIZED (
    SELECT
        q.words,
        q.required,
        (SELECT string_agg(w.word::text, '|')::tsquery FROM unnest(q.words) AS w (word)) AS any_word
    FROM memdb.organizations AS o, memdb.question(o.language, coalesce(:text::text, '')) AS q
    WHERE o.id = :org_id::memdb.tenant
),
sessions AS MATERIALIZED (
    SELECT s.id
    FROM memdb.sessions AS s
    WHERE s.org_id = :org_id
        AND s.id = :session_id::uuid
        AND s.deleted_at IS NULL
        AND s.archived_at IS NULL
        AND (:agent_id::uuid IS NULL OR s.agent_id = :agent_id)
        AND (:user_id::uuid IS NULL OR s.user_id = :user_id)
    UNION ALL
    SELECT s.id
    FROM memdb.sessions AS s
    WHERE :session_id IS NULL
        AND s.org_id = :org_id
        AND s.deleted_at IS NULL
        AND s.archived_at IS NULL
        AND (:agent_id IS NULL OR s.agent_id = :agent_id)
        AND (:user_id IS NULL OR s.user_id = :user_id)
),
scope AS MATERIALIZED (
    SELECT
        m.id,
        m.session_id,
        length(m.search) AS length,
        -- How many words its session had up to its middle: the content itself may be large, and is not read.
        CASE
            WHEN :context_share::float8 > 0
            THEN sum(length(m.search)) OVER (PARTITION BY m.session_id ORDER BY m.position) - length(m.search) / 2
        END AS middle,
        CASE WHEN m.search @@ q.any_word THEN m.search END AS search
    FROM question AS q, memdb.messages AS m
    WHERE m.org_id = :org_id
        AND m.session_id = ANY (ARRAY(SELECT s.id FROM sessions AS s))
        AND m.deleted_at IS NULL
        AND (:role::text IS NULL OR m.role = :role)
        AND (:since::timestamptz IS NULL OR m.sent_at >= :since)
        AND (:until::timestamptz IS NULL OR m.sent_at < :until)
        AND CASE WHEN q.required IS NULL THEN true ELSE m.search @@ q.required END
),
-- The mean of the latest, if they are enough to have anything in common.
centre AS MATERIALIZED (
    SELECT avg(l2_normalize(e.embedding)) AS mean
    FROM memdb.message_embeddings AS e
    WHERE e.org_id = :org_id
        AND e.space = :space::smallint
        AND e.message_id = ANY (ARRAY(SELECT s.id FROM scope AS s ORDER BY s.id DESC LIMIT 200))
        AND :centring::float8 > 0
        AND :embedding::halfvec IS NOT NULL
    HAVING count(*) >= 50
),
toward AS MATERIALIZED (
    SELECT CASE WHEN l2_norm(t.centred) > 0.01 THEN t.centred ELSE :embedding END AS embedding
    FROM (
        SELECT
            (
                SELECT l2_normalize(:embedding) - c.mean * array_fill(:centring::real, ARRAY[vector_dims(c.mean)])::halfvec
                FROM centre AS c
            ) AS centred
    ) AS t
),
compared AS MATERIALIZED (
    SELECT
        e.message_id AS id,
        -- A zero vector has no direction, so its cosine distance is NaN.
        1 - nullif(e.embedding <=> (SELECT t.embedding FROM toward AS t), 'NaN') AS nearness
    FROM memdb.message_embeddings AS e
    WHERE e.org_id = :org_id
        AND e.space = :space
        AND e.message_id = ANY (ARRAY(SELECT s.id FROM scope AS s))
        AND :embedding IS NOT NULL
),
corpus AS MATERIALIZED (
    SELECT
        count(*)::float8 AS size,
        greatest(avg(s.length), 1)::float8 AS average_length
    FROM scope AS s
),
occurrences AS MATERIALIZED (
    SELECT
        s.id,
        s.session_id,
        s.middle,
        s.length,
        w.number::int AS number,
        ts_rank('{1, 1, 1, 1}', s.search, w.word)::float8 * 1.64493406685::float8 AS frequency
    FROM scope AS s, question AS q, unnest(q.words) WITH ORDINALITY AS w (word, number)
    WHERE s.search IS NOT NULL
        AND s.search @@ w.word
),
spreading AS MATERIALIZED (
    SELECT array_agg(n.number) AS numbers
    FROM (
        SELECT o.number
        FROM occurrences AS o
        WHERE :context_share > 0
        GROUP BY o.number
        HAVING count(*) <= greatest((SELECT c.size FROM corpus AS c) / 4, 3)
    ) AS n
),
-- As in memories/search_ranked, by words instead of characters: the less, the more are between, none from 80 on.
reached AS MATERIALIZED (
    SELECT
        r.id,
        r.number,
        min(r.length) AS length,
        sum(r.own) AS own,
        sum(r.frequency) AS frequency
    FROM (
        SELECT
            o.id,
            o.number,
            o.length,
            o.frequency AS own,
            o.frequency
        FROM occurrences AS o
        UNION ALL
        SELECT
            s.id,
            o.number,
            s.length,
            0,
            o.frequency * :context_share * CASE WHEN s.middle < o.middle THEN 0.7::float8 ELSE 1 END
            * exp(-abs(s.middle - o.middle) / 40::float8)
        FROM (
            SELECT
                o.id,
                o.session_id,
                o.middle,
                o.number,
                o.frequency,
                o.middle / 80 + d.away AS stretch
            FROM occurrences AS o, generate_series(-1, 1) AS d (away)
            WHERE o.number = ANY ((SELECT x.numbers FROM spreading AS x)::int[])
            OFFSET 0
        ) AS o
        -- A full join is never a nested loop, to which a generic plan, that takes each side for one row, would come.
        FULL JOIN (
            SELECT
                s.id,
                s.session_id,
                s.middle,
                s.length,
                s.middle / 80 AS stretch
            FROM scope AS s
            WHERE s.middle IS NOT NULL
            OFFSET 0
        ) AS s ON s.session_id = o.session_id AND s.stretch = o.stretch
        WHERE CASE
            WHEN o.id IS NULL OR s.id IS NULL THEN false
            ELSE s.id <> o.id AND abs(s.middle - o.middle) < 80
        END
    ) AS r
    GROUP BY r.id, r.number
),
rarity AS MATERIALIZED (
    SELECT array_agg(ln(1 + (c.size - coalesce(d.documents, 0) + 0.5) / (coalesce(d.documents, 0) + 0.5)) ORDER BY w.number) AS of_word
    FROM corpus AS c
    CROSS JOIN question AS q
    CROSS JOIN unnest(q.words) WITH ORDINALITY AS w (word, number)
    LEFT JOIN (SELECT r.number, count(*)::float8 AS documents FROM reached AS r GROUP BY r.number) AS d ON d.number = w.number
),
bm25 AS MATERIALIZED (
    SELECT
        w.id,
        sum(w.idf * w.frequency * 1.9::float8 / (w.frequency + w.half)) AS score,
        coalesce(sum(w.idf * w.own * 1.9::float8 / (w.own + w.half)) FILTER (WHERE w.own > 0), 0) AS own_score
    FROM (
        SELECT
            r.id,
            r.frequency,
            r.own,
            (SELECT y.of_word FROM rarity AS y)[r.number] AS idf,
            0.9::float8 * (1 - :bm25_b::float8 + :bm25_b * r.length / (SELECT c.average_length FROM corpus AS c)) AS half
        FROM reached AS r
        OFFSET 0
    ) AS w
    GROUP BY w.id
),
extremes AS MATERIALIZED (
    SELECT
        min(c.nearness) AS least,
        nullif(max(c.nearness) - min(c.nearness), 0) AS spread,
        (SELECT max(b.score) FROM bm25 AS b) AS most_text
    FROM compared AS c
),
judged AS MATERIALIZED (
    SELECT
        s.id,
        b.score AS text_score,
        -- With one similarity in the whole scope there is no spread, and it counts fully.
        CASE WHEN c.nearness IS NULL THEN 0 ELSE coalesce((c.nearness - x.least) / x.spread, 1) END AS vector,
        coalesce(b.own_score / x.most_text, 0) AS text,
        coalesce((b.score - b.own_score) / x.most_text, 0) AS context,
        :length_weight::float8 * ln(greatest(s.length, 1)) AS length
    FROM scope AS s
    FULL JOIN compared AS c ON c.id = s.id
    FULL JOIN bm25 AS b ON b.id = s.id
    CROSS JOIN extremes AS x
    WHERE c.nearness IS NOT NULL OR b.id IS NOT NULL
),
best AS (
    SELECT
        j.*,
        j.vector + j.text + j.context + j.length AS score
    FROM judged AS j
    ORDER BY score DESC, j.id DESC
    LIMIT :limit::int
)
SELECT
    m.id,
    m.session_id,
    m.position,
    m.role,
    coalesce(m.parts::json, to_json(m.content)) AS content,
    m.name,
    coalesce(m.calls::json, m.tool_calls::json) AS tool_calls,
    m.open_calls,
    m.tool_call_id,
    m.asked_position,
    m.tokens,
    m.model,
    m.metadata,
    m.embedded,
    m.version,
    m.sent_at,
    m.created_at,
    m.updated_at,
    b.score,
    1 - nullif(e.embedding <=> :embedding, 'NaN') AS similarity,
    b.text_score,
    b.vector,
    b.text,
    b.context,
    b.length
FROM best AS b
JOIN memdb.messages AS m ON m.org_id = :org_id AND m.id = b.id
LEFT JOIN memdb.message_embeddings AS e ON e.org_id = :org_id AND e.message_id = b.id AND e.space = :space
ORDER BY b.score DESC, m.id DESC
