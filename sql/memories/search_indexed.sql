-- Like search_ranked, for scopes that are too large to compare all. Candidates come from the indexes on embeddings and on words. Statistics
-- of the scope, such as the frequencies of words and the spread of similarities, are estimated from a sample of up to 300 memories, which
-- are candidates, too. Fewer rows than the limit mean that the index scans ended, not that there are no more.
-- not null: score, vector, text, context, length, first_person, question, answer, named
-- not null: recency, confidence, usefulness, neighbours, redundancy
WITH RECURSIVE question AS MATERIALIZED (
    SELECT
        q.words,
        q.required,
        (SELECT string_agg(w.word::text, '|')::tsquery FROM unnest(q.words) AS w (word)) AS any_word,
        CASE WHEN :first_person_weight::float8 > 0 THEN memdb.first_person(o.language) END AS first_person,
        CASE WHEN :named_weight::float8 > 0 THEN memdb.beginning_with(o.language, coalesce(:text::text, '')) END AS naming
    FROM memdb.organizations AS o, memdb.question(o.language, coalesce(:text, '')) AS q
    WHERE o.id = :org_id::memdb.tenant
),
newest AS MATERIALIZED (
    SELECT
        m.id,
        m.session_id,
        m.search
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id
        AND m.agent_id = :agent_id::uuid
        AND m.deleted_at IS NULL
        -- CASE hides the filters' selectivity from the planner. If it expected few rows, it would read and sort all of the agent's
        -- memories.
        AND CASE
            WHEN memdb.in_scope(
                m, :agent_id, :user_id::uuid, :session_id::uuid, :category::text, :tags::text[], :metadata::jsonb, :as_of::timestamptz,
                :since::timestamptz, :until::timestamptz
            )
            THEN memdb.contains(m.content, :contains::text)
            ELSE false
        END
    ORDER BY m.id DESC
    LIMIT 100
),
sample AS MATERIALIZED (
    SELECT
        s.id,
        s.session_id,
        s.search
    FROM question AS q
    CROSS JOIN (
        SELECT
            n.id,
            n.session_id,
            n.search
        FROM newest AS n
        UNION ALL
        SELECT
            a.id,
            a.session_id,
            a.search
        FROM (
            SELECT
                p.id,
                -- Newer memories are in the sample already.
                least(lead(p.id) OVER (ORDER BY p.id), (SELECT n.id FROM newest AS n ORDER BY n.id LIMIT 1)) AS next
            FROM unnest(:places::uuid[]) AS p (id)
        ) AS p
        CROSS JOIN LATERAL (
            SELECT
                m.id,
                m.session_id,
                m.search
            FROM memdb.memories AS m
            WHERE m.org_id = :org_id
                AND memdb.in_scope(m, :agent_id, :user_id, :session_id, :category, :tags, :metadata, :as_of, :since, :until)
                AND memdb.contains(m.content, :contains)
                AND m.id >= p.id
                AND m.id < p.next
            ORDER BY m.id
            LIMIT 8
        ) AS a
    ) AS s
    WHERE CASE WHEN q.required IS NULL THEN true ELSE s.search @@ q.required END
),
-- The oldest and latest memories, for estimating which words are common, as in search_exact.
oldest AS MATERIALIZED (
    SELECT
        m.id,
        m.search
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id
        AND m.agent_id = :agent_id
        AND m.deleted_at IS NULL
        AND :embedding::halfvec IS NOT NULL
    ORDER BY m.id
    LIMIT 10
),
latest AS MATERIALIZED (
    SELECT m.search
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id
        AND m.agent_id = :agent_id
        AND m.deleted_at IS NULL
        AND m.id > (SELECT o.id FROM oldest AS o ORDER BY o.id DESC LIMIT 1)
    ORDER BY m.id DESC
    LIMIT 10
),
-- The estimated number of memories that contain each word, and whether it is common. A word that is not in `known_words` is rarer than
-- those.
words AS MATERIALIZED (
    SELECT
        w.word,
        w.number,
        (SELECT count(*) FROM sample AS s WHERE s.search @@ w.word) AS sampled,
        :scope_size::float8 * coalesce(k.part, 0.0003) AS likely,
        coalesce(
            (
                SELECT avg((s.search @@ w.word)::integer::float8) > 0.4::float8
                FROM (SELECT o.search FROM oldest AS o UNION ALL SELECT l.search FROM latest AS l) AS s
                HAVING count(*) = 20
            ),
            false
        ) AS is_common
    FROM question AS q
    CROSS JOIN unnest(q.words) WITH ORDINALITY AS w (word, number)
    LEFT JOIN unnest(:known_words::text[], :shares::float8[]) AS k (word, part) ON k.word = w.word::text
),
-- A common word counts only in memories that also have a rarer one, unless all words are common.
sought AS MATERIALIZED (
    SELECT coalesce(string_agg(w.word::text, '|') FILTER (WHERE NOT w.is_common), string_agg(w.word::text, '|'))::tsquery AS rarer
    FROM words AS w
),
telling AS MATERIALIZED (
    SELECT
        t.query,
        t.threshold,
        w.any_word,
        -- If the sample already has enough for the limit, the search for frequent words need not find more.
        CASE WHEN w.sampled >= :limit::int THEN 0 ELSE :limit END AS fewest
    FROM (
        SELECT
            array_agg(w.word ORDER BY w.number) AS words,
            array_agg(w.likely ORDER BY w.number) AS likely,
            string_agg(w.word::text, '|')::tsquery AS any_word,
            max(w.sampled) AS sampled
        FROM words AS w
    ) AS w
    CROSS JOIN LATERAL memdb.telling(w.words, w.likely, :scope_size, :most_by_words::int) AS t
),
found AS MATERIALIZED (
    SELECT
        m.id,
        m.session_id,
        m.search
    FROM telling AS t
    CROSS JOIN question AS q
    CROSS JOIN LATERAL memdb.memories_by_words(
        :agent_id,
        CASE WHEN q.required IS NULL THEN t.query ELSE t.query && q.required END,
        CASE WHEN q.required IS NULL THEN t.any_word ELSE t.any_word && q.required END,
        t.fewest,
        :user_id,
        :session_id,
        :category,
        :tags,
        :metadata,
        :as_of,
        :since,
        :until,
        :contains,
        CASE WHEN :toward::halfvec IS NOT NULL THEN 4 * :most_by_words END
    ) AS m
    WHERE t.any_word IS NOT NULL
),
nearest AS MATERIALIZED (
    SELECT
        m.id,
        m.session_id,
        m.search,
        m.nearness
    FROM question AS q
    CROSS JOIN sought AS k
    CROSS JOIN LATERAL memdb.memories_near(
        :agent_id,
        :space::smallint,
        :toward,
        :nearest::int,
        false,
        k.rarer,
        q.required,
        :user_id,
        :session_id,
        :category,
        :tags,
        :metadata,
        :as_of,
        :since,
        :until,
        :contains
    ) AS m
    -- If the required words are rare, all memories that have them have been found, and the index would be read to its end in search of
    -- more. An exclusion does not make a condition rare.
    WHERE (q.required IS NULL OR ''::tsvector @@ q.required OR (SELECT max(w.sampled) FROM words AS w) >= :limit)
        AND :toward IS NOT NULL
        AND :ef_search::memdb.hnsw_reach > 0
        AND :plan_for_values::memdb.planned_for_values IS NOT NULL
),
near AS MATERIALIZED (
    SELECT n.id, n.session_id, n.search, n.nearness FROM nearest AS n
    UNION ALL
    SELECT
        m.id,
        m.session_id,
        m.search,
        m.nearness
    FROM question AS q
    CROSS JOIN sought AS k
    CROSS JOIN LATERAL memdb.memories_near(
        :agent_id,
        :space,
        :toward,
        :near_by_cells::int,
        true,
        k.rarer,
        q.required,
        :user_id,
        :session_id,
        :category,
        :tags,
        :metadata,
        :as_of,
        :since,
        :until,
        :contains
    ) AS m
    WHERE (q.required IS NULL OR ''::tsvector @@ q.required OR (SELECT max(w.sampled) FROM words AS w) >= :limit)
        AND :toward IS NOT NULL
        AND :near_by_cells > 0
        AND :cells::memdb.cells_reach > 0
        AND m.id NOT IN (SELECT n.id FROM nearest AS n)
),
running AS MATERIALIZED (
    SELECT f.id, f.session_id, f.search FROM found AS f
    UNION ALL
    SELECT n.id, n.session_id, n.search FROM near AS n WHERE n.id NOT IN (SELECT f.id FROM found AS f)
    UNION ALL
    SELECT s.id, s.session_id, s.search FROM sample AS s
    WHERE s.id NOT IN (SELECT f.id FROM found AS f)
        AND s.id NOT IN (SELECT n.id FROM near AS n)
),
spotted AS MATERIALIZED (
    SELECT
        r.id,
        w.number::int AS number,
        -- For a single word that occurs n times, ts_rank is 6 / pi^2 * (1 + 1/2^2 + ... + 1/n^2). It stands in for the term frequency.
        ts_rank('{1, 1, 1, 1}', r.search, w.word)::float8 * 1.64493406685::float8 AS frequency,
        0.9::float8 * (1 - :bm25_b::float8 + :bm25_b * length(r.search) / :average_length::float8) AS half
    FROM sought AS k, running AS r, words AS w
    WHERE r.search @@ k.rarer
        AND r.search @@ w.word
),
-- The number of memories that contain each word, by its number. If a word alone reaches the threshold, all memories that contain it were
-- found, so the count is exact, unless there were too many.
documents AS MATERIALIZED (
    SELECT
        w.number,
        CASE
            WHEN ln(1 + (greatest(:scope_size, w.likely) - w.likely + 0.5) / (w.likely + 0.5)) >= t.threshold - 1e-9
                AND (:toward IS NULL OR (SELECT count(*) FROM found AS f) < 4 * :most_by_words)
            THEN coalesce(s.documents, 0)
            ELSE greatest(s.documents, w.likely)
        END AS documents
    FROM words AS w
    CROSS JOIN telling AS t
    LEFT JOIN (
        SELECT
            s.number,
            count(*) AS documents
        FROM spotted AS s
        -- Not counting the nearest, whose number grows from page to page.
        WHERE s.id IN (SELECT f.id FROM found AS f)
        GROUP BY s.number
    ) AS s ON s.number = w.number
),
-- The inverse document frequency of each word, by its number; and the numbers of the words that are lent to surrounding memories, as in
-- search_ranked.
rarity AS MATERIALIZED (
    SELECT
        array_agg(ln(1 + (greatest(:scope_size, d.documents) - d.documents + 0.5) / (d.documents + 0.5)) ORDER BY d.number) AS of_word,
        array_agg(d.number::int) FILTER (WHERE d.documents <= greatest(:scope_size / 4, 3)) AS spreading
    FROM documents AS d
),
worded AS MATERIALIZED (
    SELECT
        s.id,
        sum((SELECT r.of_word FROM rarity AS r)[s.number] * s.frequency * 1.9::float8 / (s.frequency + s.half)) AS score
    FROM spotted AS s
    GROUP BY s.id
),
nearnesses AS MATERIALIZED (
    SELECT n.id, n.nearness FROM near AS n
    UNION ALL
    SELECT
        e.memory_id,
        1 - nullif(e.embedding <=> :toward, 'NaN')
    FROM memdb.memory_embeddings AS e
    WHERE e.org_id = :org_id
        AND e.space = :space
        AND e.memory_id = ANY (
            ARRAY(
                SELECT r.id
                FROM running AS r
                WHERE r.id NOT IN (SELECT n.id FROM near AS n)
                    AND (
                        r.id IN (SELECT w.id FROM worded AS w ORDER BY w.score DESC, w.id DESC LIMIT :most_by_words)
                        OR r.id IN (SELECT s.id FROM sample AS s)
                    )
            )
        )
        AND :toward IS NOT NULL
),
-- The scope's least similarity, extrapolated from the sample's: the extreme of n draws lies about sqrt(2 ln n) standard deviations from the
-- mean.
measured AS MATERIALIZED (
    SELECT
        coalesce(
            s.mean - (s.mean - s.least) * sqrt(ln(greatest(:scope_size, s.size, 2)) / ln(greatest(s.size, 2))),
            (SELECT min(n.nearness) FROM nearnesses AS n)
        ) AS least,
        (SELECT max(n.nearness) FROM nearnesses AS n) AS most,
        (SELECT max(w.score) FROM worded AS w) AS most_text
    FROM (
        SELECT
            avg(n.nearness ORDER BY n.id) AS mean,
            min(n.nearness) AS least,
            count(n.nearness) AS size
        FROM nearnesses AS n
        WHERE n.id IN (SELECT s.id FROM sample AS s)
    ) AS s
),
-- The best by embedding and words. Only these are compared by the other parts.
promising AS MATERIALIZED (
    SELECT
        r.id,
        r.session_id
    FROM (
        SELECT p.id, sum(p.score) AS score
        FROM (
            SELECT n.id, :vector_weight::float8 * coalesce((n.nearness - m.least) / nullif(m.most - m.least, 0), 1) AS score
            FROM nearnesses AS n, measured AS m
            WHERE n.nearness IS NOT NULL
            UNION ALL
            SELECT w.id, :text_weight::float8 * w.score / m.most_text
            FROM worded AS w, measured AS m
        ) AS p
        GROUP BY p.id
        ORDER BY score DESC, p.id DESC
        LIMIT :candidates::int
    ) AS b
    -- A full join is never planned as a nested loop over two long lists. The CASE keeps the planner from reducing it to an inner join.
    FULL JOIN running AS r ON r.id = b.id
    WHERE CASE WHEN b.id IS NULL OR r.id IS NULL THEN false ELSE true END
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
                w.id,
                w.score
            FROM worded AS w
            -- As in `documents`: the number of the nearest grows from page to page.
            WHERE w.id IN (SELECT f.id FROM found AS f)
                OR w.id IN (SELECT s.id FROM sample AS s)
            ORDER BY w.score DESC, w.id DESC
            LIMIT CASE WHEN :context_share::float8 > 0 THEN 20 ELSE 0 END
        ) AS b
        LEFT JOIN nearnesses AS n ON n.id = b.id
        CROSS JOIN measured AS x
        ORDER BY
            :text_weight * b.score / x.most_text - :vector_weight * coalesce((1 - n.nearness) / nullif(x.most - x.least, 0), 0) DESC,
            b.id DESC
        LIMIT 10
    ) AS b
    JOIN memdb.memories AS m ON m.org_id = :org_id AND m.id = b.id
    CROSS JOIN LATERAL (
        SELECT
            array_agg(s.number) AS numbers,
            array_agg(s.frequency) AS frequencies
        FROM spotted AS s
        WHERE s.id = b.id
            AND s.number = ANY ((SELECT r.spreading FROM rarity AS r)::int[])
    ) AS o
    WHERE m.session_offset IS NOT NULL
        AND o.numbers IS NOT NULL
),
-- The neighbours in the session: for memories that lend their words, as far as they lend them; for other candidates, the adjacent ones.
beside_them AS MATERIALIZED (
    SELECT
        c.id AS beside,
        n.id,
        n.session_offset,
        n.search
    FROM (
        SELECT f.id, f.session_id, 4 AS reach FROM foremost AS f
        UNION ALL
        SELECT p.id, p.session_id, 1
        FROM promising AS p
        WHERE (:neighbour_share::float8 > 0 OR :answer_weight::float8 > 0)
            AND p.id NOT IN (SELECT f.id FROM foremost AS f)
    ) AS c
    CROSS JOIN LATERAL (
        (
            SELECT
                m.id,
                m.session_offset,
                m.search
            FROM memdb.memories AS m
            WHERE m.org_id = :org_id
                AND m.session_id = c.session_id
                AND m.id < c.id
                AND memdb.in_scope(m, :agent_id, :user_id, :session_id, :category, :tags, :metadata, :as_of, :since, :until)
                AND memdb.contains(m.content, :contains)
            ORDER BY m.id DESC
            LIMIT c.reach
        )
        UNION ALL
        (
            SELECT
                m.id,
                m.session_offset,
                m.search
            FROM memdb.memories AS m
            WHERE m.org_id = :org_id
                AND m.session_id = c.session_id
                AND m.id > c.id
                AND memdb.in_scope(m, :agent_id, :user_id, :session_id, :category, :tags, :metadata, :as_of, :since, :until)
                AND memdb.contains(m.content, :contains)
            ORDER BY m.id
            LIMIT c.reach
        )
    ) AS n
),
scope AS MATERIALIZED (
    SELECT
        m.id,
        m.session_id,
        m.observed_at,
        length(m.search) AS length,
        CASE WHEN m.search @@ CASE WHEN m.embedded THEN (SELECT k.rarer FROM sought AS k) ELSE q.any_word END THEN m.search END AS search,
        -- The memory's own parts in one sum. They are computed one by one only for the hits, at the end.
        :length_weight::float8 * ln(greatest(length(m.search), 1))
        + CASE WHEN m.search @@ q.first_person THEN :first_person_weight ELSE 0 END
        + CASE WHEN m.content ~* q.naming THEN :named_weight ELSE 0 END
        + CASE
            WHEN :recency_weight::float8 > 0
            THEN :recency_weight * memdb.recency(m.category, m.labels, m.observed_at, :at::timestamptz)
            ELSE 0
        END
        + :confidence_weight::float8 * m.confidence
        + :usefulness_weight::float8 * m.usefulness AS prior,
        CASE WHEN :question_weight::float8 > 0 OR :answer_weight > 0 THEN memdb.asks(m.content) ELSE false END AS asks
    FROM question AS q, memdb.memories AS m
    WHERE m.org_id = :org_id
        AND m.id = ANY (
            ARRAY(
                SELECT p.id FROM promising AS p
                UNION
                SELECT f.id FROM foremost AS f
                UNION
                SELECT b.id FROM beside_them AS b
                UNION
                -- By recency, confidence or usefulness, the best may be anywhere.
                SELECT s.id FROM sample AS s WHERE :recency_weight + :confidence_weight + :usefulness_weight > 0
            )
        )
        AND CASE WHEN q.required IS NULL THEN true ELSE m.search @@ q.required END
),
compared AS MATERIALIZED (
    SELECT
        e.memory_id AS id,
        -- A zero vector has no direction: its cosine distance is NaN.
        1 - nullif(e.embedding <=> :toward, 'NaN') AS nearness,
        CASE WHEN :min_similarity::float8 IS NOT NULL THEN 1 - nullif(e.embedding <=> :embedding::halfvec, 'NaN') END AS similarity
    FROM memdb.memory_embeddings AS e
    WHERE e.org_id = :org_id
        AND e.space = :space
        AND e.memory_id = ANY (ARRAY(SELECT s.id FROM scope AS s))
        AND :toward IS NOT NULL
),
matching AS MATERIALIZED (
    SELECT
        s.id,
        s.length,
        s.search
    FROM scope AS s
    WHERE s.search IS NOT NULL
),
bm25 AS MATERIALIZED (
    SELECT
        o.id,
        sum(
            (SELECT r.of_word FROM rarity AS r)[o.number] * o.frequency * 1.9::float8
            / (o.frequency + 0.9::float8 * (1 - :bm25_b + :bm25_b * o.length / :average_length))
        ) AS score
    FROM (
        SELECT
            s.id,
            s.length,
            w.number,
            ts_rank('{1, 1, 1, 1}', s.search, w.word)::float8 * 1.64493406685::float8 AS frequency
        FROM matching AS s, words AS w
        WHERE s.search @@ w.word
        OFFSET 0
    ) AS o
    GROUP BY o.id
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
    JOIN beside_them AS n ON n.beside = f.id
    -- In a SELECT list, unnest keeps no copy of its result, as it does in FROM.
    CROSS JOIN LATERAL (SELECT unnest(f.numbers) AS number, unnest(f.frequencies) AS frequency) AS w
    WHERE abs(n.session_offset - f.session_offset) <= 800
        AND CASE WHEN (SELECT q.required FROM question AS q) IS NULL THEN true ELSE n.search @@ (SELECT q.required FROM question AS q) END
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
                0.9::float8 * (1 - :bm25_b + :bm25_b * l.length / :average_length) AS half
            FROM lent AS l
            GROUP BY l.id, l.number, l.own, l.length
        ) AS l
    ) AS p
    GROUP BY p.id
),
extremes AS MATERIALIZED (
    SELECT
        m.least,
        nullif(greatest(m.most, (SELECT max(c.nearness) FROM compared AS c)) - m.least, 0) AS spread,
        greatest(m.most_text, (SELECT max(b.score) FROM bm25 AS b)) AS most_text
    FROM measured AS m
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
        part.id,
        max(part.session_id::text)::uuid AS session_id,
        max(part.observed_at) AS observed_at,
        max(part.prior) AS prior,
        max(part.answer) AS answer,
        max(part.nearness) AS nearness,
        max(part.similarity) AS similarity,
        max(part.text_score) AS text_score,
        max(part.own_text_score) AS own_text_score
    FROM (
        SELECT
            s.*,
            NULL::float8 AS nearness,
            NULL::float8 AS similarity,
            NULL::float8 AS text_score,
            NULL::float8 AS own_text_score
        FROM standing AS s
        UNION ALL
        SELECT c.id, NULL, NULL, NULL, NULL, c.nearness, c.similarity, NULL, NULL FROM compared AS c
        UNION ALL
        SELECT t.id, NULL, NULL, NULL, NULL, NULL, NULL, t.score + t.gain, t.score FROM texts AS t
    ) AS part
    GROUP BY part.id
),
-- With `by_rank` false, each part is scaled and added. With `by_rank` true, the parts are those of reciprocal rank fusion (Cormack, Clarke
-- and Buettcher 2009; k = 60), scaled so that the first has 1; the text part is not split. Nothing is sorted unless `by_rank` is true.
weighed AS NOT MATERIALIZED (
    SELECT
        j.*,
        -- If all similarities in the scope are equal, there is no spread, and each counts fully.
        :vector_weight::float8 * CASE WHEN j.nearness IS NULL THEN 0 ELSE coalesce((j.nearness - x.least) / x.spread, 1) END AS vector,
        :text_weight::float8 * coalesce(j.own_text_score / x.most_text, 0) AS text,
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
    WHERE :neighbour_share = 0
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
        LIMIT CASE WHEN :diversity::float8 > 0 THEN 4 * :limit ELSE :limit END
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
