-- The agent's memories that share words with a text, best first. Of equals the newer comes first.
-- BM25 (Robertson and Zaragoza 2009; k1 = 0.9, b = 0.4) over the scope: the words of the question are OR-ed, and a memory's length is its
-- number of distinct words.
-- not null: embedded, score
WITH question AS MATERIALIZED (
    SELECT
        word.lexeme,
        ('''' || replace(replace(word.lexeme, '\', '\\'), '''', '''''') || '''')::tsquery AS query
    FROM unnest(to_tsvector('english', :text::text)) AS word
    -- A long text is judged by its beginning: each word costs a look at every memory of the scope.
    ORDER BY word.positions[1]
    LIMIT 64
),
scope AS MATERIALIZED (
    SELECT
        m.id,
        m.search
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.agent_id = :agent_id::uuid
        -- What was superseded or merged since was active then.
        AND (m.status = 'active' OR (:as_of::timestamptz IS NOT NULL AND m.status IN ('superseded', 'merged')))
        AND m.valid_from <= coalesce(:as_of, statement_timestamp())
        AND (m.valid_until IS NULL OR m.valid_until > coalesce(:as_of, statement_timestamp()))
        AND m.deleted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > now())
        AND (:user_id::uuid IS NULL OR m.user_id = :user_id)
        AND (:session_id::uuid IS NULL OR m.session_id = :session_id)
        AND (:category::text IS NULL OR m.category = :category OR m.labels ? :category)
        AND (:since::timestamptz IS NULL OR m.created_at >= :since)
        AND (:until::timestamptz IS NULL OR m.created_at < :until)
        AND (:tag::text IS NULL OR :tag = ANY (m.tags))
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
        -- ts_rank of a single word is 6 / pi^2 * (1 + 1/2^2 + ... + 1/n^2) for n occurrences: it stands in for the frequency.
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
best AS (
    SELECT
        b.id,
        b.score
    FROM bm25 AS b
    ORDER BY b.score DESC, b.id DESC
    LIMIT :limit::int
)
SELECT
    m.id,
    m.agent_id,
    m.user_id,
    m.session_id,
    m.content,
    m.category,
    m.labels,
    m.status,
    m.source,
    m.confidence,
    m.usefulness,
    m.tags,
    m.metadata,
    m.embedding IS NOT NULL AS embedded,
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
    b.score,
    NULL::float8 AS similarity,
    b.score AS text_score
FROM best AS b
JOIN memdb.memories AS m ON m.org_id = :org_id AND m.id = b.id
ORDER BY b.score DESC, m.id DESC
