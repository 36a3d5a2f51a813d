-- For each memory in `ids`, the words of a text that count for it, each with the memory that contains the word: itself, or a neighbour in
-- its session. Words, scope and weights are those of search_ranked; `points` are not yet scaled. By memory, greatest points first.
-- not null: hit_id, word, away, frequency, points, excerpt
WITH question AS MATERIALIZED (
    SELECT
        o.language,
        q.words,
        q.required
    FROM memdb.organizations AS o, memdb.question(o.language, :text::text) AS q
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
        AND :toward::halfvec IS NOT NULL
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
        length(m.search) AS length,
        -- Copied only if it is read again.
        CASE
            WHEN m.search @@ CASE
                WHEN m.embedded THEN (SELECT k.telling FROM sought AS k)
                ELSE (SELECT k.any_word FROM sought AS k)
            END
            THEN m.search
        END AS search
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
        -- A zero vector has no direction: its cosine distance is NaN.
        1 - nullif(e.embedding <=> :toward, 'NaN') AS nearness
    FROM memdb.memory_embeddings AS e
    WHERE e.org_id = :org_id
        AND e.space = :space::smallint
        -- Not a join: a generic plan estimates one row for the scope and would look the embeddings up one by one.
        AND e.memory_id = ANY (ARRAY(SELECT s.id FROM scope AS s))
        AND :toward IS NOT NULL
        AND :context_share::float8 > 0
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
-- The points of each word for a memory that contains it.
owned AS MATERIALIZED (
    SELECT
        o.id,
        o.number,
        o.frequency,
        (SELECT r.of_word FROM rarity AS r)[o.number] * o.frequency * 1.9::float8
        / (o.frequency + 0.9::float8 * (1 - :bm25_b::float8 + :bm25_b * o.length / (SELECT c.average_length FROM corpus AS c))) AS points
    FROM occurrences AS o
),
bm25 AS MATERIALIZED (
    SELECT
        o.id,
        sum(o.points) AS score
    FROM owned AS o
    GROUP BY o.id
),
extremes AS MATERIALIZED (
    SELECT
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
            LIMIT CASE WHEN :context_share > 0 THEN 20 ELSE 0 END
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
-- Like `lent` in search_ranked, with the lending memory and its distance in memories of the scope.
lent AS MATERIALIZED (
    SELECT
        n.id,
        f.id AS memory_id,
        n.away,
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
                m.search,
                row_number() OVER (ORDER BY m.id DESC) AS away
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
                m.search,
                -row_number() OVER (ORDER BY m.id) AS away
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
    WHERE n.id = ANY (:ids::uuid[])
        AND abs(n.session_offset - f.session_offset) <= 800
),
-- A memory's own words get the points that they would have without neighbours; the neighbours share the rest.
weighed AS MATERIALIZED (
    SELECT
        o.id,
        o.id AS memory_id,
        0 AS away,
        o.number,
        o.frequency,
        o.points
    FROM owned AS o
    WHERE o.id = ANY (:ids)
    UNION ALL
    SELECT
        l.id,
        l.memory_id,
        l.away,
        l.number,
        l.frequency,
        (SELECT r.of_word FROM rarity AS r)[l.number] * 1.9::float8
        * ((l.own + l.around) / (l.own + l.around + l.half) - l.own / (l.own + l.half)) * l.frequency / l.around
    FROM (
        SELECT
            l.*,
            sum(l.frequency) OVER (PARTITION BY l.id, l.number) AS around,
            0.9::float8 * (1 - :bm25_b + :bm25_b * l.length / (SELECT c.average_length FROM corpus AS c)) AS half
        FROM lent AS l
    ) AS l
),
-- Each word as the text spells it, if the token contains no other word.
written AS MATERIALIZED (
    SELECT
        w.word,
        (array_agg(t.token ORDER BY t.place))[1] AS token
    FROM question AS q
    CROSS JOIN LATERAL (
        SELECT
            btrim(r.token, '"“”„«»‹›()[]{}<>?!¿¡.,;:…？！。、') AS token,
            r.place
        FROM regexp_split_to_table(left(:text, 2000), '\s+') WITH ORDINALITY AS r (token, place)
    ) AS t
    CROSS JOIN LATERAL memdb.question(q.language, t.token) AS a
    CROSS JOIN LATERAL unnest(a.words) AS w (word)
    WHERE cardinality(a.words) = 1
    GROUP BY w.word
)
SELECT
    x.id AS hit_id,
    coalesce(t.token, replace(replace(w.word::text, '''', ''), ' <-> ', ' ')) AS word,
    m.id AS memory_id,
    x.away::int AS away,
    x.frequency,
    x.points,
    left(m.content, 200) AS excerpt
FROM weighed AS x
JOIN words AS w ON w.number = x.number
JOIN memdb.memories AS m ON m.org_id = :org_id AND m.id = x.memory_id
LEFT JOIN written AS t ON t.word = w.word
ORDER BY x.id, x.points DESC, w.number, m.id
