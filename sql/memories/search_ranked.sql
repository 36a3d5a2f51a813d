-- As search_exact, with more that counts: recency, confidence, usefulness, what stands beside a memory in its session, and that what was
-- found is not all the same. All are compared. Of equals the newer comes first.
-- not null: score, vector, text, recency, confidence, usefulness, neighbours, redundancy
WITH RECURSIVE question AS MATERIALIZED (
    SELECT
        q.words,
        q.required,
        (SELECT string_agg(w.word::text, '|')::tsquery FROM unnest(q.words) AS w (word)) AS any_word
    FROM memdb.organizations AS o, memdb.question(o.language, coalesce(:text::text, '')) AS q
    WHERE o.id = :org_id::memdb.tenant
),
scope AS MATERIALIZED (
    SELECT
        m.id,
        m.session_id,
        m.observed_at,
        CASE WHEN :recency_weight::float8 > 0 THEN memdb.recency(m.category, m.labels, m.observed_at, :at::timestamptz) END AS recency,
        m.confidence,
        m.usefulness,
        length(m.search) AS length,
        -- A copy only of what is looked at again.
        CASE WHEN m.search @@ (SELECT q.any_word FROM question AS q) THEN m.search END AS search
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id
        AND memdb.in_scope(
            m, :agent_id::uuid, :user_id::uuid, :session_id::uuid, :category::text, :tags::text[], :metadata::jsonb, :as_of::timestamptz,
            :since::timestamptz, :until::timestamptz
        )
        AND memdb.contains(m.content, :contains::text)
        AND CASE
            WHEN (SELECT q.required FROM question AS q) IS NULL THEN true
            ELSE m.search @@ (SELECT q.required FROM question AS q)
        END
        -- A plan for the values leaves out what has no weight.
        AND :plan_for_values::memdb.planned_for_values IS NOT NULL
),
compared AS MATERIALIZED (
    SELECT
        e.memory_id AS id,
        -- A zero vector has no direction, so its cosine distance is NaN.
        1 - nullif(e.embedding <=> :embedding::halfvec, 'NaN') AS similarity
    FROM memdb.memory_embeddings AS e
    WHERE e.org_id = :org_id
        AND e.space = :space::smallint
        -- Not a join: a generic plan takes a scope for one row, and would look the embeddings up one by one.
        AND e.memory_id = ANY (ARRAY(SELECT s.id FROM scope AS s))
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
        -- ts_rank of a single word is 6 / pi^2 * (1 + 1/2^2 + ... + 1/n^2) for n occurrences: it stands in for the frequency.
        ts_rank('{1, 1, 1, 1}', s.search, w.word) * 1.64493406685 AS frequency
    FROM scope AS s, question AS q, unnest(q.words) WITH ORDINALITY AS w (word, number)
    WHERE s.search IS NOT NULL
        AND s.search @@ w.word
),
-- How rare each word is, by its number.
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
            (SELECT r.of_word FROM rarity AS r)[o.number]
            -- 4 / 10 and no 0.4, which is numeric: its products with a length take longer than all the rest.
            * o.frequency * (0.9 + 1)
            / (o.frequency + 0.9 * (1 - 0.4 + 4 * o.length / 10::float8 / (SELECT c.average_length FROM corpus AS c)))
        ) AS score
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
judged AS MATERIALIZED (
    SELECT
        s.id,
        s.session_id,
        s.observed_at,
        s.recency,
        s.confidence,
        s.usefulness,
        c.similarity,
        b.score AS text_score
    FROM scope AS s
    -- Both sides are of the scope; but a full join is never a nested loop, to which a generic plan, that takes each side for one row, would come.
    FULL JOIN compared AS c ON c.id = s.id
    FULL JOIN bm25 AS b ON b.id = s.id
),
-- Nothing, and not sorted, if the sum counts.
ranks AS (
    SELECT
        j.id,
        rank() OVER (ORDER BY j.similarity DESC NULLS LAST) AS by_similarity,
        rank() OVER (ORDER BY j.text_score DESC NULLS LAST) AS by_text
    FROM judged AS j
    WHERE :by_rank::boolean
),
weighed AS (
    SELECT
        j.id,
        j.session_id,
        j.observed_at,
        j.similarity,
        j.text_score,
        :vector_weight::float8 * CASE
            WHEN j.similarity IS NULL THEN 0
            -- Reciprocal rank fusion (Cormack, Clarke and Buettcher 2009; k = 60), 1 for the first.
            WHEN :by_rank THEN 61.0 / (60 + r.by_similarity)
            -- With one similarity in the whole scope there is no spread, and it counts fully.
            ELSE coalesce((j.similarity - x.least) / x.spread, 1)
        END AS vector,
        :text_weight::float8 * CASE
            WHEN j.text_score IS NULL THEN 0
            WHEN :by_rank THEN 61.0 / (60 + r.by_text)
            ELSE coalesce(j.text_score / x.most_text, 0)
        END AS text,
        :recency_weight * coalesce(j.recency, 0) AS recency,
        :confidence_weight::float8 * j.confidence AS confidence,
        :usefulness_weight::float8 * j.usefulness AS usefulness
    FROM judged AS j
    FULL JOIN ranks AS r ON r.id = j.id
    CROSS JOIN extremes AS x
    -- So that the parts are not worked out again for each sum of them.
    OFFSET 0
),
beside AS (
    SELECT
        w.*,
        CASE
            WHEN :neighbour_share::float8 > 0 AND w.session_id IS NOT NULL THEN
                :neighbour_share * greatest(lag(w.own) OVER in_session, lead(w.own) OVER in_session, 0)
            ELSE 0
        END AS neighbours
    FROM (
        SELECT
            w.*,
            -- Nothing for what is not in the running, which still stands between others.
            CASE
                WHEN w.similarity IS NOT NULL OR w.text_score IS NOT NULL THEN
                    w.vector + w.text + w.recency + w.confidence + w.usefulness
            END AS own
        FROM weighed AS w
    ) AS w
    WINDOW in_session AS (PARTITION BY w.session_id ORDER BY w.observed_at, w.id)
),
-- The best; of them and the next best where those that say the same are to make room for one another.
pool AS MATERIALIZED (
    SELECT
        b.*,
        b.own + b.neighbours AS score,
        max(b.own + b.neighbours) OVER () AS best,
        row_number() OVER (ORDER BY b.own + b.neighbours DESC, b.id DESC)::int AS place,
        e.embedding
    FROM (
        SELECT *
        FROM beside AS b
        WHERE b.own IS NOT NULL
            AND (:min_similarity::float8 IS NULL OR b.similarity >= :min_similarity)
            AND (:after_id::uuid IS NULL OR (b.own + b.neighbours, b.id) < (:after_score::float8, :after_id))
        ORDER BY b.own + b.neighbours DESC, b.id DESC
        LIMIT CASE WHEN :diversity::float8 > 0 THEN 4 * :limit::int ELSE :limit END
    ) AS b
    LEFT JOIN memdb.memory_embeddings AS e ON :diversity > 0 AND e.org_id = :org_id AND e.memory_id = b.id AND e.space = :space
),
-- Maximal marginal relevance (Carbonell and Goldstein 1998), one at a time; `nearest` is how similar each of the pool is to one that was picked.
picked AS (
    SELECT
        0 AS step,
        NULL::int AS place,
        0::float8 AS redundancy,
        '{}'::int[] AS places,
        ARRAY(SELECT 0::float8 FROM pool) AS nearest
    WHERE :diversity > 0
    UNION ALL
    SELECT
        c.step + 1,
        n.place,
        n.redundancy,
        c.places || n.place,
        ARRAY(
            SELECT greatest(c.nearest[p.place], coalesce(1 - nullif(p.embedding <=> n.embedding, 'NaN'), 0))
            FROM pool AS p
            ORDER BY p.place
        )
    FROM picked AS c, LATERAL (
        SELECT
            p.place,
            p.embedding,
            - :diversity * p.best * c.nearest[p.place] AS redundancy
        FROM pool AS p
        WHERE p.place <> ALL (c.places)
        ORDER BY p.score - :diversity * p.best * c.nearest[p.place] DESC, p.place
        LIMIT 1
    ) AS n
    WHERE c.step < :limit
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
    p.score + coalesce(picked.redundancy, 0) AS score,
    p.similarity,
    p.text_score,
    p.vector,
    p.text,
    p.recency,
    p.confidence,
    p.usefulness,
    p.neighbours,
    coalesce(picked.redundancy, 0) AS redundancy
FROM pool AS p
LEFT JOIN picked ON picked.place = p.place
JOIN memdb.memories AS m ON m.org_id = :org_id AND m.id = p.id
WHERE (:diversity > 0) = (picked.place IS NOT NULL)
ORDER BY score DESC, m.id DESC
