-- The live messages of a scope that are near an embedding or share words with a text. The score is the sum of cosine similarity, scaled
-- from its minimum in the scope to 0..1; BM25 (k1 = 0.9, b = 0), scaled from zero to 0..1; and the context: what the words of the best
-- messages add to those around them, as in memories/search_exact. Compares all. Ties go to the later.
-- not null: content, tool_calls, score, vector, text, context, length, first_person, question, answer, named
WITH question AS MATERIALIZED (
    SELECT
        q.words,
        q.required
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
-- A sample: the 10 oldest and the 10 newest messages of the sessions, ignoring the other filters.
oldest AS MATERIALIZED (
    SELECT
        m.id,
        m.search
    FROM (SELECT s.id FROM sessions AS s ORDER BY s.id LIMIT 25) AS s
    CROSS JOIN LATERAL (
        SELECT
            m.id,
            m.search
        FROM memdb.messages AS m
        WHERE m.org_id = :org_id
            AND m.session_id = s.id
            AND m.deleted_at IS NULL
        ORDER BY m.position
        LIMIT 10
    ) AS m
    WHERE :embedding::halfvec IS NOT NULL
    LIMIT 10
),
newest AS MATERIALIZED (
    SELECT m.search
    FROM (SELECT s.id FROM sessions AS s ORDER BY s.id DESC LIMIT 25) AS s
    CROSS JOIN LATERAL (
        SELECT
            m.id,
            m.search
        FROM memdb.messages AS m
        WHERE m.org_id = :org_id
            AND m.session_id = s.id
            AND m.deleted_at IS NULL
            AND m.id <> ALL (ARRAY(SELECT o.id FROM oldest AS o))
        ORDER BY m.position DESC
        LIMIT 10
    ) AS m
    WHERE :embedding IS NOT NULL
    LIMIT 10
),
-- For each word, the share of these messages that contain it; 0 if there are fewer than 20, or no embedding to find messages by.
words AS MATERIALIZED (
    SELECT
        w.word,
        w.number::int AS number,
        coalesce(
            (
                SELECT avg((s.search @@ w.word)::integer::float8)
                FROM (SELECT o.search FROM oldest AS o UNION ALL SELECT n.search FROM newest AS n) AS s
                HAVING count(*) = 20
            ),
            0
        ) AS part
    FROM question AS q, unnest(q.words) WITH ORDINALITY AS w (word, number)
),
-- As in memories/search_exact, common words do not make a message with an embedding a candidate, if the question has rarer words.
sought AS MATERIALIZED (
    SELECT
        string_agg(w.word::text, '|')::tsquery AS any_word,
        coalesce(string_agg(w.word::text, '|') FILTER (WHERE w.part <= 0.4::float8), string_agg(w.word::text, '|'))::tsquery AS telling
    FROM words AS w
),
scope AS MATERIALIZED (
    SELECT
        m.id,
        -- Copied only if it is read again.
        CASE
            WHEN m.search @@ CASE
                WHEN m.embedded THEN (SELECT k.telling FROM sought AS k)
                ELSE (SELECT k.any_word FROM sought AS k)
            END
            THEN m.search
        END AS search
    FROM memdb.messages AS m
    WHERE m.org_id = :org_id
        AND m.session_id = ANY (ARRAY(SELECT s.id FROM sessions AS s))
        AND m.deleted_at IS NULL
        AND (:role::text IS NULL OR m.role = :role)
        AND (:since::timestamptz IS NULL OR m.sent_at >= :since)
        AND (:until::timestamptz IS NULL OR m.sent_at < :until)
        AND CASE
            WHEN (SELECT q.required FROM question AS q) IS NULL THEN true
            ELSE m.search @@ (SELECT q.required FROM question AS q)
        END
),
compared AS MATERIALIZED (
    SELECT
        e.message_id AS id,
        -- A zero vector has no direction: its cosine distance is NaN.
        1 - nullif(e.embedding <=> :embedding, 'NaN') AS similarity
    FROM memdb.message_embeddings AS e
    WHERE e.org_id = :org_id
        AND e.space = :space::smallint
        -- Not a join: a generic plan estimates one row for the scope and would look the embeddings up one by one.
        AND e.message_id = ANY (ARRAY(SELECT s.id FROM scope AS s))
        AND :embedding IS NOT NULL
),
corpus AS MATERIALIZED (
    SELECT count(*)::float8 AS size
    FROM scope AS s
),
occurrences AS MATERIALIZED (
    SELECT
        s.id,
        w.number,
        -- For a single word that occurs n times, ts_rank is 6 / pi^2 * (1 + 1/2^2 + ... + 1/n^2). It stands in for the term frequency.
        ts_rank('{1, 1, 1, 1}', s.search, w.word)::float8 * 1.64493406685::float8 AS frequency
    FROM scope AS s, words AS w
    WHERE s.search IS NOT NULL
        AND s.search @@ w.word
),
-- The inverse document frequency of each word, by its number; and the numbers of the words that are lent to surrounding messages. Words in
-- more than a quarter of the scope, mostly the speakers' names, are not lent.
rarity AS MATERIALIZED (
    SELECT
        array_agg(ln(1 + (d.size - d.documents + 0.5) / (d.documents + 0.5)) ORDER BY d.number) AS of_word,
        array_agg(d.number) FILTER (WHERE d.documents <= greatest(d.size / 4, 3)) AS spreading
    FROM (
        SELECT
            w.number,
            c.size,
            CASE WHEN w.part > 0.4::float8 THEN greatest(w.part * c.size, d.documents) ELSE coalesce(d.documents, 0) END AS documents
        FROM words AS w
        CROSS JOIN corpus AS c
        LEFT JOIN (SELECT o.number, count(*)::float8 AS documents FROM occurrences AS o GROUP BY o.number) AS d ON d.number = w.number
    ) AS d
),
bm25 AS MATERIALIZED (
    SELECT
        o.id,
        sum((SELECT r.of_word FROM rarity AS r)[o.number] * o.frequency * 1.9::float8 / (o.frequency + 0.9::float8)) AS score
    FROM occurrences AS o
    GROUP BY o.id
),
extremes AS MATERIALIZED (
    SELECT
        min(c.similarity) AS least,
        nullif(max(c.similarity) - min(c.similarity), 0) AS spread,
        (SELECT max(b.score) FROM bm25 AS b) AS most_text
    FROM compared AS c
),
-- The best by words, reranked by words and embedding. They lend their words to those around them.
foremost AS MATERIALIZED (
    SELECT
        m.id,
        m.session_id,
        m.position,
        o.numbers,
        o.frequencies
    FROM (
        SELECT b.id
        FROM (
            SELECT
                b.id,
                b.score
            FROM bm25 AS b
            ORDER BY b.score DESC, b.id DESC
            LIMIT 20
        ) AS b
        LEFT JOIN memdb.message_embeddings AS e ON e.org_id = :org_id AND e.message_id = b.id AND e.space = :space
        CROSS JOIN extremes AS x
        ORDER BY
            b.score / x.most_text - coalesce(nullif(e.embedding <=> :embedding, 'NaN') / x.spread, 0) DESC,
            b.id DESC
        LIMIT 10
    ) AS b
    JOIN memdb.messages AS m ON m.org_id = :org_id AND m.id = b.id
    CROSS JOIN LATERAL (
        SELECT
            array_agg(w.number) AS numbers,
            array_agg(ts_rank('{1, 1, 1, 1}', m.search, w.word)::float8 * 1.64493406685::float8) AS frequencies
        FROM words AS w
        WHERE w.number = ANY ((SELECT r.spreading FROM rarity AS r)::int[])
            AND m.search @@ w.word
    ) AS o
    WHERE o.numbers IS NOT NULL
),
-- The frequency with which a word is lent to a surrounding message. It decreases with the number of words between the middles of both, and
-- is greater for messages that follow than for those that precede.
lent AS MATERIALIZED (
    SELECT
        n.id,
        w.number,
        ts_rank('{1, 1, 1, 1}', n.search, (SELECT q.words FROM question AS q)[w.number])::float8 * 1.64493406685::float8 AS own,
        w.frequency * CASE WHEN n.away < 0 THEN 0.7::float8 ELSE 1 END * exp(-abs(n.away) / 40::float8) AS frequency
    FROM foremost AS f
    CROSS JOIN LATERAL (
        SELECT
            s.*,
            s.middle - max(s.middle) FILTER (WHERE s.id = f.id) OVER () AS away
        FROM (
            SELECT
                m.id,
                m.role,
                m.sent_at,
                m.search,
                length(m.search) AS length,
                sum(length(m.search)) OVER (ORDER BY m.position) - length(m.search) / 2::float8 AS middle
            FROM memdb.messages AS m
            WHERE m.org_id = :org_id
                AND m.session_id = f.session_id
                AND m.position BETWEEN f.position - 4 AND f.position + 4
                AND m.deleted_at IS NULL
        ) AS s
    ) AS n
    -- In a SELECT list, unnest keeps no copy of its result, as it does in FROM.
    CROSS JOIN LATERAL (SELECT unnest(f.numbers) AS number, unnest(f.frequencies) AS frequency) AS w
    WHERE n.id <> f.id
        AND abs(n.away) < 80
        AND (:role IS NULL OR n.role = :role)
        AND (:since IS NULL OR n.sent_at >= :since)
        AND (:until IS NULL OR n.sent_at < :until)
        AND CASE
            WHEN (SELECT q.required FROM question AS q) IS NULL THEN true
            ELSE n.search @@ (SELECT q.required FROM question AS q)
        END
),
texts AS MATERIALIZED (
    SELECT
        p.id,
        sum(p.score) AS score,
        sum(p.gain) AS gain
    FROM (
        SELECT b.id, b.score, 0::float8 AS gain FROM bm25 AS b
        UNION ALL
        SELECT
            l.id,
            0,
            (SELECT r.of_word FROM rarity AS r)[l.number] * 1.9::float8
            * ((l.own + sum(l.frequency)) / (l.own + sum(l.frequency) + 0.9::float8) - l.own / (l.own + 0.9::float8))
        FROM lent AS l
        GROUP BY l.id, l.number, l.own
    ) AS p
    GROUP BY p.id
),
scored AS (
    SELECT
        coalesce(c.id, t.id) AS id,
        c.similarity,
        t.score + t.gain AS text_score,
        -- If all similarities in the scope are equal, there is no spread, and each counts fully.
        CASE WHEN c.similarity IS NULL THEN 0 ELSE coalesce((c.similarity - x.least) / x.spread, 1) END AS vector,
        coalesce(t.score / x.most_text, 0) AS text,
        coalesce(t.gain / x.most_text, 0) AS context
    FROM compared AS c
    -- A full join is never planned as a nested loop, which a generic plan would choose because it estimates one row for each side.
    FULL JOIN texts AS t ON t.id = c.id
    CROSS JOIN extremes AS x
    WHERE c.similarity IS NOT NULL OR t.id IS NOT NULL
    -- OFFSET 0 keeps `best` from computing the parts twice.
    OFFSET 0
),
best AS (
    SELECT
        s.*,
        s.vector + s.text + s.context AS score
    FROM scored AS s
    ORDER BY score DESC, s.id DESC
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
    b.similarity,
    b.text_score,
    b.vector,
    b.text,
    b.context,
    0::float8 AS length,
    0::float8 AS first_person,
    0::float8 AS question,
    0::float8 AS answer,
    0::float8 AS named
FROM best AS b
JOIN memdb.messages AS m ON m.org_id = :org_id AND m.id = b.id
ORDER BY b.score DESC, m.id DESC
