-- The active observations of an agent that are near an embedding or share words with a text. The score is the sum of cosine similarity,
-- scaled from its minimum in the scope to 0..1; BM25 (k1 = 0.9, b = 0), scaled from zero to 0..1; and the context: what the words of the
-- best observations add to those around them, as in memories/search_exact. Compares all. Ties go to the newer.
-- not null: score, vector, text, context
WITH question AS MATERIALIZED (
    SELECT
        q.words,
        q.required
    FROM memdb.organizations AS o, memdb.question(o.language, coalesce(:text::text, '')) AS q
    WHERE o.id = :org_id::memdb.tenant
),
oldest AS MATERIALIZED (
    SELECT
        o.id,
        o.search
    FROM memdb.session_observations AS o
    WHERE o.org_id = :org_id
        AND o.agent_id = :agent_id::uuid
        AND o.status = 'active'
        AND o.deleted_at IS NULL
        AND :embedding::halfvec IS NOT NULL
    ORDER BY o.id
    LIMIT 10
),
newest AS MATERIALIZED (
    SELECT o.search
    FROM memdb.session_observations AS o
    WHERE o.org_id = :org_id
        AND o.agent_id = :agent_id
        AND o.status = 'active'
        AND o.deleted_at IS NULL
        AND o.id > (SELECT f.id FROM oldest AS f ORDER BY f.id DESC LIMIT 1)
    ORDER BY o.id DESC
    LIMIT 10
),
-- For each word, the share of these observations that contain it; 0 if there are fewer than 20, or no embedding to find observations by.
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
-- As in memories/search_exact, common words do not make an observation with an embedding a candidate, if the question has rarer words.
sought AS MATERIALIZED (
    SELECT
        string_agg(w.word::text, '|')::tsquery AS any_word,
        coalesce(string_agg(w.word::text, '|') FILTER (WHERE w.part <= 0.4::float8), string_agg(w.word::text, '|'))::tsquery AS telling
    FROM words AS w
),
scope AS MATERIALIZED (
    SELECT
        o.id,
        -- Copied only if it is read again.
        CASE
            WHEN o.search @@ CASE
                WHEN o.embedded THEN (SELECT k.telling FROM sought AS k)
                ELSE (SELECT k.any_word FROM sought AS k)
            END
            THEN o.search
        END AS search
    FROM memdb.session_observations AS o
    WHERE o.org_id = :org_id
        AND o.agent_id = :agent_id
        AND o.status = 'active'
        AND o.deleted_at IS NULL
        AND (:session_id::uuid IS NULL OR o.session_id = :session_id)
        AND CASE
            WHEN (SELECT q.required FROM question AS q) IS NULL THEN true
            ELSE o.search @@ (SELECT q.required FROM question AS q)
        END
        AND :plan_for_values::memdb.planned_for_values IS NOT NULL
),
compared AS MATERIALIZED (
    SELECT
        e.observation_id AS id,
        -- A zero vector has no direction: its cosine distance is NaN.
        1 - nullif(e.embedding <=> :embedding, 'NaN') AS similarity
    FROM memdb.observation_embeddings AS e
    WHERE e.org_id = :org_id
        AND e.space = :space::smallint
        -- Not a join: a generic plan estimates one row for the scope and would look the embeddings up one by one.
        AND e.observation_id = ANY (ARRAY(SELECT s.id FROM scope AS s))
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
-- The inverse document frequency of each word, by its number; and the numbers of the words that are lent to surrounding observations. Words
-- in more than a quarter of the scope, mostly the speakers' names, are not lent.
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
        LEFT JOIN memdb.observation_embeddings AS e ON e.org_id = :org_id AND e.observation_id = b.id AND e.space = :space
        CROSS JOIN extremes AS x
        ORDER BY
            b.score / x.most_text - coalesce(nullif(e.embedding <=> :embedding, 'NaN') / x.spread, 0) DESC,
            b.id DESC
        LIMIT 10
    ) AS b
    JOIN memdb.session_observations AS m ON m.org_id = :org_id AND m.id = b.id
    CROSS JOIN LATERAL (
        SELECT
            array_agg(w.number) AS numbers,
            array_agg(ts_rank('{1, 1, 1, 1}', m.search, w.word)::float8 * 1.64493406685::float8) AS frequencies
        FROM words AS w
        WHERE w.number = ANY ((SELECT r.spreading FROM rarity AS r)::int[])
            AND m.search @@ w.word
    ) AS o
    WHERE m.session_id IS NOT NULL
        AND o.numbers IS NOT NULL
),
-- The frequency with which a word is lent to a surrounding observation of the session. It decreases with the number of words between the
-- middles of both, and is greater for observations that follow than for those that precede.
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
                o.id,
                o.search,
                sum(length(o.search)) OVER (ORDER BY o.id) - length(o.search) / 2::float8 AS middle
            FROM (
                (
                    SELECT
                        o.id,
                        o.search
                    FROM memdb.session_observations AS o
                    WHERE o.org_id = :org_id
                        AND o.session_id = f.session_id
                        AND o.id <= f.id
                        AND o.agent_id = :agent_id
                        AND o.status = 'active'
                        AND o.deleted_at IS NULL
                    ORDER BY o.id DESC
                    LIMIT 5
                )
                UNION ALL
                (
                    SELECT
                        o.id,
                        o.search
                    FROM memdb.session_observations AS o
                    WHERE o.org_id = :org_id
                        AND o.session_id = f.session_id
                        AND o.id > f.id
                        AND o.agent_id = :agent_id
                        AND o.status = 'active'
                        AND o.deleted_at IS NULL
                    ORDER BY o.id
                    LIMIT 4
                )
            ) AS o
        ) AS s
    ) AS n
    -- In a SELECT list, unnest keeps no copy of its result, as it does in FROM.
    CROSS JOIN LATERAL (SELECT unnest(f.numbers) AS number, unnest(f.frequencies) AS frequency) AS w
    WHERE n.id <> f.id
        AND abs(n.away) < 80
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
    o.id,
    o.agent_id,
    o.session_id,
    o.user_id,
    o.content,
    o.topic,
    o.entities,
    o.message_ids,
    o.observed_at,
    o.referenced_at,
    o.relative_offset,
    o.emotion,
    o.emotion_intensity,
    o.status,
    o.merged_into,
    o.embedded,
    o.metadata,
    o.version,
    o.created_at,
    o.updated_at,
    b.score,
    b.similarity,
    b.text_score,
    b.vector,
    b.text,
    b.context
FROM best AS b
JOIN memdb.session_observations AS o ON o.org_id = :org_id AND o.id = b.id
ORDER BY b.score DESC, o.id DESC
