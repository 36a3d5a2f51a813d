-- The active insights of an agent that are near an embedding or share words with a text. The score is the sum of cosine similarity, scaled
-- from its minimum in the scope to 0..1, and BM25 (k1 = 0.9, b = 0.4), scaled from zero to 0..1. Compares all. Ties go to the newer.
-- not null: score
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
        i.id,
        length(i.search) AS length,
        -- Copied only if it is read again.
        CASE WHEN i.search @@ q.any_word THEN i.search END AS search
    FROM question AS q, memdb.insights AS i
    WHERE i.org_id = :org_id
        AND i.agent_id = :agent_id::uuid
        AND i.status = 'active'
        AND (:user_id::uuid IS NULL OR i.user_id = :user_id)
        AND (:type::text IS NULL OR i.type = :type)
        AND i.confidence >= :min_confidence::float8
        AND i.deleted_at IS NULL
        AND CASE WHEN q.required IS NULL THEN true ELSE i.search @@ q.required END
),
compared AS MATERIALIZED (
    SELECT
        e.insight_id AS id,
        -- A zero vector has no direction: its cosine distance is NaN.
        1 - nullif(e.embedding <=> :embedding::halfvec, 'NaN') AS similarity
    FROM memdb.insight_embeddings AS e
    WHERE e.org_id = :org_id
        AND e.space = :space::smallint
        -- Not a join: a generic plan estimates one row for the scope and would look the embeddings up one by one.
        AND e.insight_id = ANY (ARRAY(SELECT s.id FROM scope AS s))
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
extremes AS MATERIALIZED (
    SELECT
        min(c.similarity) AS least,
        nullif(max(c.similarity) - min(c.similarity), 0) AS spread,
        (SELECT max(b.score) FROM bm25 AS b) AS most_text
    FROM compared AS c
),
judged AS (
    SELECT
        part.id,
        max(part.similarity) AS similarity,
        max(part.text_score) AS text_score
    FROM (
        SELECT c.id, c.similarity, NULL::float8 AS text_score FROM compared AS c WHERE c.similarity IS NOT NULL
        UNION ALL
        SELECT b.id, NULL, b.score FROM bm25 AS b
    ) AS part
    GROUP BY part.id
),
best AS (
    SELECT
        j.id,
        j.similarity,
        j.text_score,
        -- If all similarities in the scope are equal, there is no spread, and each counts fully.
        CASE WHEN j.similarity IS NULL THEN 0 ELSE coalesce((j.similarity - x.least) / x.spread, 1) END
        + coalesce(j.text_score / x.most_text, 0) AS score
    FROM judged AS j, extremes AS x
    ORDER BY score DESC, j.id DESC
    LIMIT :limit::int
)
SELECT
    i.id,
    i.agent_id,
    i.user_id,
    i.type,
    i.title,
    i.content,
    i.confidence,
    i.importance,
    i.reinforcements,
    i.status,
    i.embedded,
    i.metadata,
    i.version,
    i.detected_at,
    i.reinforced_at,
    i.created_at,
    i.updated_at,
    b.score,
    b.similarity,
    b.text_score
FROM best AS b
JOIN memdb.insights AS i ON i.org_id = :org_id AND i.id = b.id
ORDER BY b.score DESC, i.id DESC
