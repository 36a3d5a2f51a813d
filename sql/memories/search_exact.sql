-- The scope's memories that are near an embedding or share words with a text: the weighted sum of both, each scaled to 0..1 over the scope,
-- cosine from its least and BM25 from zero. All are compared. Of equals the newer comes first.
-- BM25 (Robertson and Zaragoza 2009; k1 = 0.9, b = 0.4) over the scope: the words of the text are OR-ed, and a memory's length is its number
-- of distinct words.
-- not null: score, vector, text, context, length, first_person, question, answer, named
-- not null: recency, confidence, usefulness, neighbours, redundancy
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
        m.id,
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
scored AS (
    SELECT
        coalesce(c.id, b.id) AS id,
        c.similarity,
        b.score AS text_score,
        -- With one similarity in the whole scope there is no spread, and it counts fully.
        :vector_weight::float8 * CASE WHEN c.similarity IS NULL THEN 0 ELSE coalesce((c.similarity - x.least) / x.spread, 1) END AS vector,
        :text_weight::float8 * coalesce(b.score / x.most_text, 0) AS text
    FROM compared AS c
    -- A full join is never a nested loop, to which a generic plan, that takes each side for one row, would come. The conditions are such that
    -- the planner cannot make another join of it.
    FULL JOIN bm25 AS b ON b.id = c.id
    CROSS JOIN extremes AS x
    WHERE (c.similarity IS NOT NULL OR b.id IS NOT NULL)
        AND CASE WHEN :min_similarity::float8 IS NULL THEN true ELSE coalesce(c.similarity >= :min_similarity, false) END
    -- So that `best` does not work out vector and text twice.
    OFFSET 0
),
best AS (
    SELECT
        s.*,
        s.vector + s.text AS score
    FROM scored AS s
    WHERE :after_id::uuid IS NULL
        OR (s.vector + s.text, s.id) < (:after_score::float8, :after_id)
    ORDER BY score DESC, s.id DESC
    LIMIT :limit::int
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
    b.score,
    b.similarity,
    b.text_score,
    b.vector,
    b.text,
    0::float8 AS context,
    0::float8 AS length,
    0::float8 AS first_person,
    0::float8 AS question,
    0::float8 AS answer,
    0::float8 AS named,
    0::float8 AS recency,
    0::float8 AS confidence,
    0::float8 AS usefulness,
    0::float8 AS neighbours,
    0::float8 AS redundancy
FROM best AS b
JOIN memdb.memories AS m ON m.org_id = :org_id AND m.id = b.id
ORDER BY b.score DESC, m.id DESC
