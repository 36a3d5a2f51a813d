-- The items in a namespace and all below it with a part that is near an embedding or shares words with a text. An item counts by its best
-- part. The score is the sum of cosine similarity, scaled from its minimum in the scope to 0..1, and BM25 (k1 = 0.9, b = 0.4), scaled from
-- zero to 0..1. Compares all. Ties go to the newer.
-- not null: id, namespace, key, value, created_at, updated_at, score, part
WITH question AS MATERIALIZED (
    SELECT
        q.words,
        q.required,
        (SELECT string_agg(w.word::text, '|')::tsquery FROM unnest(q.words) AS w (word)) AS any_word
    FROM memdb.organizations AS o
    LEFT JOIN LATERAL memdb.question(o.language, :text::text) AS q ON :text IS NOT NULL
    WHERE o.id = :org_id::memdb.tenant
),
scope AS MATERIALIZED (
    SELECT i.id
    FROM memdb.items AS i
    WHERE i.org_id = :org_id
        AND i.path >= memdb.path_of(:prefix::text[])
        AND i.path < memdb.path_after(:prefix)
        AND memdb.is_shown(i, :ended::boolean, (SELECT memdb.equalities_of(:filter::jsonb)), (SELECT memdb.filter_path(:filter)))
        AND :plan_for_values::memdb.planned_for_values IS NOT NULL
),
part AS MATERIALIZED (
    SELECT
        p.id,
        p.item_id,
        length(p.search) AS length,
        -- Copied only if it is read again.
        CASE WHEN p.search @@ q.any_word THEN p.search END AS search
    FROM question AS q, memdb.item_parts AS p
    WHERE p.org_id = :org_id
        AND p.item_id = ANY (ARRAY(SELECT s.id FROM scope AS s))
        AND :text IS NOT NULL
        AND CASE WHEN q.required IS NULL THEN true ELSE p.search @@ q.required END
),
compared AS MATERIALIZED (
    SELECT
        e.item_part_id AS id,
        e.item_id,
        -- A zero vector has no direction: its cosine distance is NaN.
        1 - nullif(e.embedding <=> :embedding::halfvec, 'NaN') AS similarity
    FROM question AS q, memdb.item_part_embeddings AS e
    WHERE e.org_id = :org_id
        AND e.space = :space::smallint
        AND e.item_id = ANY (ARRAY(SELECT s.id FROM scope AS s))
        AND CASE WHEN q.required IS NULL THEN true ELSE e.item_part_id = ANY (ARRAY(SELECT p.id FROM part AS p)) END
        AND :embedding IS NOT NULL
),
corpus AS MATERIALIZED (
    SELECT
        count(*)::float8 AS size,
        greatest(avg(p.length), 1)::float8 AS average_length
    FROM part AS p
),
occurrences AS MATERIALIZED (
    SELECT
        p.id,
        p.item_id,
        p.length,
        w.number,
        -- For a single word that occurs n times, ts_rank is 6 / pi^2 * (1 + 1/2^2 + ... + 1/n^2). It stands in for the term frequency.
        ts_rank('{1, 1, 1, 1}', p.search, w.word) * 1.64493406685 AS frequency
    FROM part AS p, question AS q, unnest(q.words) WITH ORDINALITY AS w (word, number)
    WHERE p.search @@ w.word
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
        o.item_id,
        sum(
            r.of_word[o.number]
            * o.frequency * (0.9 + 1) / (o.frequency + 0.9 * (1 - 0.4 + 0.4 * o.length / c.average_length))
        ) AS score
    FROM occurrences AS o, corpus AS c, rarity AS r
    GROUP BY o.id, o.item_id
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
        j.item_id,
        (array_agg(j.id ORDER BY j.similarity DESC NULLS LAST, j.text_score DESC NULLS LAST, j.id))[1] AS part_id,
        max(j.similarity) AS similarity,
        max(j.text_score) AS text_score
    FROM (
        SELECT c.id, c.item_id, c.similarity, NULL::float8 AS text_score FROM compared AS c WHERE c.similarity IS NOT NULL
        UNION ALL
        SELECT b.id, b.item_id, NULL, b.score FROM bm25 AS b
    ) AS j
    GROUP BY j.item_id
),
best AS MATERIALIZED (
    SELECT
        j.item_id,
        j.part_id,
        j.similarity,
        j.text_score,
        -- If all similarities in the scope are equal, there is no spread, and each counts fully.
        CASE WHEN j.similarity IS NULL THEN 0 ELSE coalesce((j.similarity - x.least) / x.spread, 1) END
        + coalesce(j.text_score / x.most_text, 0) AS score
    FROM judged AS j, extremes AS x
    ORDER BY score DESC, j.item_id DESC
    OFFSET :offset::bigint
    LIMIT :limit::int
)
SELECT
    i.id,
    i.namespace,
    i.key,
    CASE WHEN i.letters IS NULL THEN i.value END AS value,
    i.letters,
    i.agent_id,
    i.user_id,
    i.created_at,
    i.updated_at,
    coalesce(r.expires_at, i.expires_at) AS expires_at,
    i.time_to_live,
    b.score,
    b.similarity,
    b.text_score,
    p.path AS part,
    e.embedding
FROM best AS b
JOIN memdb.items AS i ON i.org_id = :org_id AND i.id = b.item_id
JOIN memdb.item_parts AS p ON p.org_id = :org_id AND p.id = b.part_id
LEFT JOIN memdb.item_part_embeddings AS e
    ON e.org_id = :org_id
    AND e.item_part_id = b.part_id
    AND e.space = :space
    AND :with_embeddings::boolean
LEFT JOIN memdb.refresh_items(:org_id, ARRAY(SELECT t.item_id FROM best AS t WHERE :refresh::boolean)) AS r ON r.id = i.id
ORDER BY b.score DESC, i.id DESC
