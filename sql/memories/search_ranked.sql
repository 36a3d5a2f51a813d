-- Like search_exact, with more parts: a memory's length, whether it is in the first person, begins with a word of the text, asks, or
-- follows a question, its recency, confidence, usefulness, its neighbours in the session, and the diversity of the results. Embeddings are
-- compared with `toward`. Compares all. Ties go to the newer.
-- not null: score, vector, text, context, length, first_person, question, answer, named
-- not null: recency, confidence, usefulness, neighbours, redundancy
WITH RECURSIVE question AS MATERIALIZED (
    SELECT
        q.words,
        q.required,
        CASE WHEN :first_person_weight::float8 > 0 THEN memdb.first_person(o.language) END AS first_person,
        CASE WHEN :named_weight::float8 > 0 THEN memdb.beginning_with(o.language, coalesce(:text::text, '')) END AS naming
    FROM memdb.organizations AS o, memdb.question(o.language, coalesce(:text, '')) AS q
    WHERE o.id = :org_id::memdb.tenant
),
oldest AS MATERIALIZED (
    SELECT
        m.id,
        m.search
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id
        AND m.agent_id = :agent_id::uuid
        AND m.deleted_at IS NULL
        AND :embedding::halfvec IS NOT NULL
    ORDER BY m.id
    LIMIT 10
),
newest AS MATERIALIZED (
    SELECT m.search
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id
        AND m.agent_id = :agent_id
        AND m.deleted_at IS NULL
        AND m.id > (SELECT o.id FROM oldest AS o ORDER BY o.id DESC LIMIT 1)
    ORDER BY m.id DESC
    LIMIT 10
),
-- For each word, the share of the agent's memories that contain it, estimated from the 10 oldest and the 10 newest; 0 if there are fewer
-- than 20, or no embedding to find memories by.
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
-- A word in more than two fifths of the memories does not make a memory with an embedding a candidate, if the question has rarer words.
-- Such words would cost most of the work and say little.
sought AS MATERIALIZED (
    SELECT
        string_agg(w.word::text, '|')::tsquery AS any_word,
        coalesce(string_agg(w.word::text, '|') FILTER (WHERE w.part <= 0.4::float8), string_agg(w.word::text, '|'))::tsquery AS telling
    FROM words AS w
),
scope AS MATERIALIZED (
    SELECT
        m.id,
        m.session_id,
        m.observed_at,
        length(m.search) AS length,
        -- Copied only if it is read again.
        CASE
            WHEN m.search @@ CASE
                WHEN m.embedded THEN (SELECT k.telling FROM sought AS k)
                ELSE (SELECT k.any_word FROM sought AS k)
            END
            THEN m.search
        END AS search,
        -- The memory's own parts in one sum. They are computed one by one only for the hits, at the end.
        :length_weight::float8 * ln(greatest(length(m.search), 1))
        + CASE WHEN m.search @@ (SELECT q.first_person FROM question AS q) THEN :first_person_weight ELSE 0 END
        + CASE WHEN m.content ~* (SELECT q.naming FROM question AS q) THEN :named_weight ELSE 0 END
        + CASE
            WHEN :recency_weight::float8 > 0
            THEN :recency_weight * memdb.recency(m.category, m.labels, m.observed_at, :at::timestamptz)
            ELSE 0
        END
        + :confidence_weight::float8 * m.confidence
        + :usefulness_weight::float8 * m.usefulness AS prior,
        CASE WHEN :question_weight::float8 > 0 OR :answer_weight::float8 > 0 THEN memdb.asks(m.content) ELSE false END AS asks
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id
        AND memdb.in_scope(
            m, :agent_id, :user_id::uuid, :session_id::uuid, :category::text, :tags::text[], :metadata::jsonb, :as_of::timestamptz,
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
        -- A zero vector has no direction: its cosine distance is NaN.
        1 - nullif(e.embedding <=> :toward::halfvec, 'NaN') AS nearness,
        CASE WHEN :min_similarity::float8 IS NOT NULL THEN 1 - nullif(e.embedding <=> :embedding, 'NaN') END AS similarity
    FROM memdb.memory_embeddings AS e
    WHERE e.org_id = :org_id
        AND e.space = :space::smallint
        -- Not a join: a generic plan estimates one row for the scope and would look the embeddings up one by one.
        AND e.memory_id = ANY (ARRAY(SELECT s.id FROM scope AS s))
        AND :toward IS NOT NULL
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
        ts_rank('{1, 1, 1, 1}', s.search, w.word)::float8 * 1.64493406685::float8 AS frequency
    FROM scope AS s, words AS w
    WHERE s.search IS NOT NULL
        AND s.search @@ w.word
),
-- The inverse document frequency of each word, by its number; and the numbers of the words that are lent to surrounding memories. Words in
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
        sum(
            (SELECT r.of_word FROM rarity AS r)[o.number] * o.frequency * 1.9::float8
            / (o.frequency + 0.9::float8 * (1 - :bm25_b::float8 + :bm25_b * o.length / (SELECT c.average_length FROM corpus AS c)))
        ) AS score
    FROM occurrences AS o
    GROUP BY o.id
),
extremes AS MATERIALIZED (
    SELECT
        min(c.nearness) AS least,
        nullif(max(c.nearness) - min(c.nearness), 0) AS spread,
        (SELECT max(b.score) FROM bm25 AS b) AS most_text
    FROM compared AS c
),
-- The best by words, reranked by words and embedding. They lend their words to the memories around them.
foremost AS MATERIALIZED (
    SELECT
        m.id,
        m.session_id,
        m.session_offset,
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
            LIMIT CASE WHEN :context_share::float8 > 0 THEN 20 ELSE 0 END
        ) AS b
        LEFT JOIN memdb.memory_embeddings AS e ON e.org_id = :org_id AND e.memory_id = b.id AND e.space = :space
        CROSS JOIN extremes AS x
        ORDER BY
            :text_weight::float8 * b.score / x.most_text
            - :vector_weight::float8 * coalesce(nullif(e.embedding <=> :toward, 'NaN') / x.spread, 0) DESC,
            b.id DESC
        LIMIT 10
    ) AS b
    JOIN memdb.memories AS m ON m.org_id = :org_id AND m.id = b.id
    CROSS JOIN LATERAL (
        SELECT
            array_agg(w.number) AS numbers,
            array_agg(ts_rank('{1, 1, 1, 1}', m.search, w.word)::float8 * 1.64493406685::float8) AS frequencies
        FROM words AS w
        WHERE w.number = ANY ((SELECT r.spreading FROM rarity AS r)::int[])
            AND m.search @@ w.word
    ) AS o
    WHERE m.session_offset IS NOT NULL
        AND o.numbers IS NOT NULL
),
-- The frequency with which a word is lent to a surrounding memory. It decreases with the number of characters in between, and is greater
-- for memories that follow than for those that precede.
lent AS MATERIALIZED (
    SELECT
        n.id,
        length(n.search) AS length,
        w.number,
        ts_rank('{1, 1, 1, 1}', n.search, (SELECT q.words FROM question AS q)[w.number])::float8 * 1.64493406685::float8 AS own,
        w.frequency * :context_share * CASE WHEN n.session_offset < f.session_offset THEN 0.7::float8 ELSE 1 END
        * exp(-abs(n.session_offset - f.session_offset) / 400::float8) AS frequency
    FROM foremost AS f
    CROSS JOIN LATERAL (
        (
            SELECT
                m.id,
                m.session_offset,
                m.search
            FROM memdb.memories AS m
            WHERE m.org_id = :org_id
                AND m.session_id = f.session_id
                AND m.id < f.id
                AND memdb.in_scope(m, :agent_id, :user_id, :session_id, :category, :tags, :metadata, :as_of, :since, :until)
                AND memdb.contains(m.content, :contains)
                AND CASE
                    WHEN (SELECT q.required FROM question AS q) IS NULL THEN true
                    ELSE m.search @@ (SELECT q.required FROM question AS q)
                END
            ORDER BY m.id DESC
            LIMIT 4
        )
        UNION ALL
        (
            SELECT
                m.id,
                m.session_offset,
                m.search
            FROM memdb.memories AS m
            WHERE m.org_id = :org_id
                AND m.session_id = f.session_id
                AND m.id > f.id
                AND memdb.in_scope(m, :agent_id, :user_id, :session_id, :category, :tags, :metadata, :as_of, :since, :until)
                AND memdb.contains(m.content, :contains)
                AND CASE
                    WHEN (SELECT q.required FROM question AS q) IS NULL THEN true
                    ELSE m.search @@ (SELECT q.required FROM question AS q)
                END
            ORDER BY m.id
            LIMIT 4
        )
    ) AS n
    -- In a SELECT list, unnest keeps no copy of its result, as it does in FROM.
    CROSS JOIN LATERAL (SELECT unnest(f.numbers) AS number, unnest(f.frequencies) AS frequency) AS w
    WHERE abs(n.session_offset - f.session_offset) <= 800
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
            * ((l.own + l.frequency) / (l.own + l.frequency + l.half) - l.own / (l.own + l.half))
        FROM (
            SELECT
                l.id,
                l.number,
                l.own,
                sum(l.frequency) AS frequency,
                0.9::float8 * (1 - :bm25_b + :bm25_b * l.length / (SELECT c.average_length FROM corpus AS c)) AS half
            FROM lent AS l
            GROUP BY l.id, l.number, l.own, l.length
        ) AS l
    ) AS p
    GROUP BY p.id
),
-- With whether the memory follows a question in its session, if that counts.
standing AS (
    SELECT
        s.id,
        s.session_id,
        s.observed_at,
        s.prior - CASE WHEN s.asks THEN :question_weight ELSE 0 END AS prior,
        0::float8 AS answer
    FROM scope AS s
    WHERE :answer_weight = 0
    UNION ALL
    SELECT
        s.id,
        s.session_id,
        s.observed_at,
        s.prior - CASE WHEN s.asks THEN :question_weight ELSE 0 END,
        CASE
            WHEN s.session_id IS NOT NULL AND lag(s.asks) OVER (PARTITION BY s.session_id ORDER BY s.observed_at, s.id) THEN :answer_weight
            ELSE 0
        END
    FROM scope AS s
    WHERE :answer_weight > 0
),
judged AS MATERIALIZED (
    SELECT
        s.*,
        c.nearness,
        c.similarity,
        t.score + t.gain AS text_score,
        t.score AS own_text_score
    FROM standing AS s
    -- A full join is never planned as a nested loop, which a generic plan would choose because it estimates one row for each side. Both
    -- sides are in the scope, so no rows are added.
    FULL JOIN compared AS c ON c.id = s.id
    FULL JOIN texts AS t ON t.id = s.id
),
-- With `by_rank` false, each part is scaled and added. With `by_rank` true, the parts are those of reciprocal rank fusion (Cormack, Clarke
-- and Buettcher 2009; k = 60), scaled so that the first has 1; the text part is not split. Nothing is sorted unless `by_rank` is true.
weighed AS NOT MATERIALIZED (
    SELECT
        j.*,
        -- If all similarities in the scope are equal, there is no spread, and each counts fully.
        :vector_weight * CASE WHEN j.nearness IS NULL THEN 0 ELSE coalesce((j.nearness - x.least) / x.spread, 1) END AS vector,
        :text_weight * coalesce(j.own_text_score / x.most_text, 0) AS text,
        :text_weight * coalesce((j.text_score - j.own_text_score) / x.most_text, 0) AS context
    FROM judged AS j, extremes AS x
    WHERE NOT :by_rank::boolean
    UNION ALL
    SELECT
        j.*,
        :vector_weight * CASE WHEN j.nearness IS NULL THEN 0 ELSE 61.0 / (60 + rank() OVER (ORDER BY j.nearness DESC NULLS LAST)) END,
        :text_weight * CASE WHEN j.text_score IS NULL THEN 0 ELSE 61.0 / (60 + rank() OVER (ORDER BY j.text_score DESC NULLS LAST)) END,
        0
    FROM judged AS j
    WHERE :by_rank
),
-- A memory that is not a candidate has no score of its own, but still stands between others in its session.
own AS NOT MATERIALIZED (
    SELECT
        w.*,
        CASE
            WHEN w.nearness IS NOT NULL OR w.text_score IS NOT NULL THEN w.vector + w.text + w.context + w.prior + w.answer
        END AS own
    FROM weighed AS w
    OFFSET 0
),
beside AS (
    SELECT
        o.*,
        0::float8 AS neighbours
    FROM own AS o
    WHERE :neighbour_share::float8 = 0
    UNION ALL
    SELECT
        o.*,
        CASE
            WHEN o.session_id IS NULL THEN 0
            ELSE :neighbour_share * greatest(lag(o.own) OVER in_session, lead(o.own) OVER in_session, 0)
        END
    FROM own AS o
    WHERE :neighbour_share > 0
    WINDOW in_session AS (PARTITION BY o.session_id ORDER BY o.observed_at, o.id)
),
-- The best by score: `limit` of them, or four times as many from which maximal marginal relevance picks.
pool AS MATERIALIZED (
    SELECT
        b.*,
        1 - nullif(e.embedding <=> :embedding, 'NaN') AS true_similarity,
        b.own + b.neighbours AS score,
        max(b.own + b.neighbours) OVER () AS best,
        row_number() OVER (ORDER BY b.own + b.neighbours DESC, b.id DESC)::int AS place,
        e.embedding
    FROM (
        SELECT *
        FROM beside AS b
        WHERE b.own IS NOT NULL
            AND (:min_similarity IS NULL OR b.similarity >= :min_similarity)
            AND (:after_id::uuid IS NULL OR (b.own + b.neighbours, b.id) < (:after_score::float8, :after_id))
        ORDER BY b.own + b.neighbours DESC, b.id DESC
        LIMIT CASE WHEN :diversity::float8 > 0 THEN 4 * :limit::int ELSE :limit END
    ) AS b
    LEFT JOIN memdb.memory_embeddings AS e ON e.org_id = :org_id AND e.memory_id = b.id AND e.space = :space
),
-- Maximal marginal relevance (Carbonell and Goldstein 1998), one pick per step. `nearest` is each pool member's greatest similarity to
-- those picked so far.
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
    p.true_similarity AS similarity,
    p.text_score,
    p.vector,
    p.text,
    p.context,
    :length_weight * ln(greatest(length(m.search), 1)) AS length,
    CASE WHEN m.search @@ q.first_person THEN :first_person_weight ELSE 0 END AS first_person,
    CASE WHEN :question_weight > 0 AND memdb.asks(m.content) THEN -:question_weight ELSE 0 END AS question,
    p.answer,
    CASE WHEN m.content ~* q.naming THEN :named_weight ELSE 0 END AS named,
    CASE WHEN :recency_weight > 0 THEN :recency_weight * memdb.recency(m.category, m.labels, m.observed_at, :at) ELSE 0 END AS recency,
    :confidence_weight * m.confidence AS confidence,
    :usefulness_weight * m.usefulness AS usefulness,
    p.neighbours,
    coalesce(picked.redundancy, 0) AS redundancy
FROM pool AS p
LEFT JOIN picked ON picked.place = p.place
JOIN memdb.memories AS m ON m.org_id = :org_id AND m.id = p.id
CROSS JOIN question AS q
WHERE (:diversity > 0) = (picked.place IS NOT NULL)
ORDER BY score DESC, m.id DESC
