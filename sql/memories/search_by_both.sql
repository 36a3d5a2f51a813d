-- The agent's memories that are near an embedding or share words with a text: the weighted sum of both, each scaled to 0..1 over the scope,
-- cosine from its least and BM25 from zero. Of equals the newer comes first.
-- BM25 (Robertson and Zaragoza 2009; k1 = 0.9, b = 0.4) over the scope: the words of the question are OR-ed, and a memory's length is its
-- number of distinct words.
-- not null: tags, embedded, score
WITH question AS MATERIALIZED (
    SELECT
        word.lexeme,
        ('''' || replace(replace(word.lexeme, '\', '\\'), '''', '''''') || '''')::tsquery AS query
    FROM unnest(to_tsvector('english', :text::text)) AS word
),
scope AS MATERIALIZED (
    SELECT
        m.id,
        m.search,
        -- A zero vector has no direction, so its cosine distance is NaN.
        1 - nullif(m.embedding <=> :embedding::vector, 'NaN') AS similarity
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.agent_id = :agent_id::uuid
        AND m.status = 'active'
        AND m.deleted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > now())
        AND (:user_id::uuid IS NULL OR m.user_id = :user_id)
        AND (:session_id::uuid IS NULL OR m.session_id = :session_id)
        AND (:category::text IS NULL OR m.category = :category)
        AND (:since::timestamptz IS NULL OR m.created_at >= :since)
        AND (:until::timestamptz IS NULL OR m.created_at < :until)
        AND (
            :tag::text IS NULL
            OR EXISTS (SELECT FROM memdb.memory_tags AS t WHERE t.org_id = m.org_id AND t.memory_id = m.id AND t.tag = :tag)
        )
),
corpus AS MATERIALIZED (
    SELECT
        count(*)::float8 AS size,
        greatest(avg(length(s.search)), 1)::float8 AS average_length
    FROM scope AS s
),
occurrences AS MATERIALIZED (
    SELECT
        s.id,
        length(s.search) AS length,
        -- The first 1 / pi^2 * 6 of ts_rank is what one occurrence gives; it stands in for the frequency, which it grows with.
        ts_rank('{1, 1, 1, 1}', s.search, q.query) * 1.64493406685 AS frequency,
        count(*) OVER (PARTITION BY q.lexeme) AS documents
    FROM scope AS s
    JOIN question AS q ON s.search @@ q.query
),
bm25 AS MATERIALIZED (
    SELECT
        o.id,
        sum(
            ln(1 + (c.size - o.documents + 0.5) / (o.documents + 0.5))
            * o.frequency * (0.9 + 1) / (o.frequency + 0.9 * (1 - 0.4 + 0.4 * o.length / c.average_length))
        ) AS score
    FROM occurrences AS o, corpus AS c
    GROUP BY o.id
),
extremes AS MATERIALIZED (
    SELECT
        min(s.similarity) AS least,
        nullif(max(s.similarity) - min(s.similarity), 0) AS spread,
        (SELECT max(b.score) FROM bm25 AS b) AS most_text
    FROM scope AS s
),
best AS (
    SELECT
        s.id,
        s.similarity,
        b.score AS text_score,
        -- With one similarity in the whole scope there is no spread, and it counts fully.
        :vector_weight::float8 * CASE WHEN s.similarity IS NULL THEN 0 ELSE coalesce((s.similarity - x.least) / x.spread, 1) END
            + :text_weight::float8 * coalesce(b.score / x.most_text, 0) AS score
    FROM scope AS s
    CROSS JOIN extremes AS x
    LEFT JOIN bm25 AS b ON b.id = s.id
    WHERE s.similarity IS NOT NULL
        OR b.score IS NOT NULL
    ORDER BY score DESC, s.id DESC
    LIMIT :limit::int
)
SELECT
    m.id,
    m.agent_id,
    m.user_id,
    m.session_id,
    m.content,
    m.category,
    m.status,
    m.source,
    m.confidence,
    ARRAY(
        SELECT t.tag
        FROM memdb.memory_tags AS t
        WHERE t.org_id = m.org_id AND t.memory_id = m.id
        ORDER BY t.tag
    ) AS tags,
    m.metadata,
    m.embedding IS NOT NULL AS embedded,
    m.embedding_model,
    m.version,
    m.observed_at,
    m.expires_at,
    m.created_at,
    m.updated_at,
    b.score,
    b.similarity,
    b.text_score
FROM best AS b
JOIN memdb.memories AS m ON m.org_id = :org_id AND m.id = b.id
ORDER BY b.score DESC, m.id DESC
