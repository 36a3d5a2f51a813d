-- The events of an agent that are near an embedding or share words with a text. The score is the weighted sum of cosine similarity, BM25
-- (k1 = 0.9, b = 0.4) as a share of the best event's, recency and importance. Compares all. Ties go to the more recent event.
-- not null: score, recency, importance
WITH question AS MATERIALIZED (
    SELECT
        q.words,
        q.required,
        (SELECT string_agg(w.word::text, '|')::tsquery FROM unnest(q.words) AS w (word)) AS any_word
    FROM memdb.organizations AS o, memdb.question(o.language, coalesce(:text::text, '')) AS q
    WHERE o.id = :org_id::memdb.tenant
),
scope AS MATERIALIZED (
    SELECT
        e.id,
        e.importance,
        e.occurred_at,
        length(e.search) AS length,
        -- Copied only if it is read again.
        CASE WHEN e.search @@ q.any_word THEN e.search END AS search
    FROM question AS q, memdb.events AS e
    WHERE e.org_id = :org_id
        AND e.agent_id = :agent_id::uuid
        AND (:since::timestamptz IS NULL OR e.occurred_at >= :since)
        AND (:until::timestamptz IS NULL OR e.occurred_at < :until)
        AND (:session_id::uuid IS NULL OR e.session_id = :session_id)
        AND (:user_id::uuid IS NULL OR e.user_id = :user_id)
        AND (:source::text IS NULL OR e.source = :source)
        AND CASE WHEN q.required IS NULL THEN true ELSE e.search @@ q.required END
        AND :plan_for_values::memdb.planned_for_values IS NOT NULL
),
compared AS MATERIALIZED (
    SELECT
        e.event_id AS id,
        -- A zero vector has no direction: its cosine distance is NaN.
        1 - nullif(e.embedding <=> :embedding::halfvec, 'NaN') AS similarity
    FROM memdb.event_embeddings AS e
    WHERE e.org_id = :org_id
        AND e.space = :space::smallint
        -- Not a join: a generic plan estimates one row for the scope and would look the embeddings up one by one.
        AND e.event_id = ANY (ARRAY(SELECT s.id FROM scope AS s))
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
        s.length,
        w.number,
        -- For a single word that occurs n times, ts_rank is 6 / pi^2 * (1 + 1/2^2 + ... + 1/n^2). It stands in for the term frequency.
        ts_rank('{1, 1, 1, 1}', s.search, w.word) * 1.64493406685 AS frequency
    FROM scope AS s, question AS q, unnest(q.words) WITH ORDINALITY AS w (word, number)
    WHERE s.search @@ w.word
),
-- The inverse document frequency of each word, by its number.
rarity AS MATERIALIZED (
    SELECT array_agg(ln(1 + (c.size - coalesce(d.documents, 0) + 0.5) / (coalesce(d.documents, 0) + 0.5)) ORDER BY w.number) AS of_word
    FROM corpus AS c
    CROSS JOIN question AS q
    CROSS JOIN unnest(q.words) WITH ORDINALITY AS w (word, number)
    LEFT JOIN (SELECT o.number, count(*) AS documents FROM occurrences AS o GROUP BY o.number) AS d ON d.number = w.number
),
bm25 AS MATERIALIZED (
    SELECT
        o.id,
        sum(
            r.of_word[o.number]
            * o.frequency * (0.9 + 1) / (o.frequency + 0.9 * (1 - 0.4 + 0.4 * o.length / c.average_length))
        ) AS score
    FROM occurrences AS o, corpus AS c, rarity AS r
    GROUP BY o.id
),
-- Grouped, not joined, for the same reason as above.
judged AS MATERIALIZED (
    SELECT
        part.id,
        max(part.similarity) AS similarity,
        max(part.text_score) AS text_score,
        max(part.importance) AS importance,
        max(part.occurred_at) AS occurred_at
    FROM (
        SELECT
            c.id,
            c.similarity,
            NULL::float8 AS text_score,
            NULL::float8 AS importance,
            NULL::timestamptz AS occurred_at
        FROM compared AS c
        UNION ALL
        SELECT b.id, NULL, b.score, NULL, NULL FROM bm25 AS b
        UNION ALL
        SELECT s.id, NULL, NULL, s.importance, s.occurred_at FROM scope AS s
    ) AS part
    GROUP BY part.id
    HAVING count(part.similarity) + count(part.text_score) > 0
),
parts AS (
    SELECT
        j.id,
        j.occurred_at,
        j.similarity,
        j.text_score / (SELECT max(b.score) FROM bm25 AS b) AS text,
        memdb.half_life_decay(
            (extract(epoch FROM coalesce(:at::timestamptz, now()))::float8 - extract(epoch FROM j.occurred_at)::float8) / 86400,
            :half_life::float8
        ) AS recency,
        j.importance
    FROM judged AS j
),
best AS (
    SELECT
        p.*,
        :similarity_weight::float8 * coalesce(greatest(p.similarity, 0), 0)
        + :text_weight::float8 * coalesce(p.text, 0)
        + :recency_weight::float8 * p.recency
        + :importance_weight::float8 * p.importance AS score
    FROM parts AS p
    ORDER BY score DESC, p.occurred_at DESC, p.id DESC
    LIMIT :limit::int
)
SELECT
    e.id,
    e.agent_id,
    e.session_id,
    e.user_id,
    e.content,
    e.source,
    e.speaker,
    e.importance,
    e.emotion,
    e.emotion_intensity,
    e.energy,
    e.trace,
    e.embedded,
    e.occurred_at,
    e.created_at,
    b.score,
    b.similarity,
    b.text,
    b.recency,
    b.importance
FROM best AS b
JOIN memdb.events AS e ON e.org_id = :org_id AND e.id = b.id
ORDER BY b.score DESC, e.occurred_at DESC, e.id DESC
