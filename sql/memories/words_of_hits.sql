-- For each of the memories `ids`, the words of a text that count for it, each with the memory that has it: itself, or one around it in its
-- session. Words, scope and weights are those of search_ranked; `points` are before they are scaled. By memory, the weightiest first.
-- not null: hit_id, word, away, frequency, points, excerpt
WITH question AS MATERIALIZED (
    SELECT
        o.language,
        q.words,
        q.required,
        (SELECT string_agg(w.word::text, '|')::tsquery FROM unnest(q.words) AS w (word)) AS any_word
    FROM memdb.organizations AS o, memdb.question(o.language, :text::text) AS q
    WHERE o.id = :org_id::memdb.tenant
),
scope AS MATERIALIZED (
    SELECT
        m.id,
        m.session_id,
        m.session_offset,
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
corpus AS MATERIALIZED (
    SELECT
        count(*)::float8 AS size,
        greatest(avg(s.length), 1)::float8 AS average_length
    FROM scope AS s
),
occurrences AS MATERIALIZED (
    SELECT
        s.id,
        s.session_id,
        s.session_offset,
        s.length,
        w.number::int AS number,
        ts_rank('{1, 1, 1, 1}', s.search, w.word)::float8 * 1.64493406685::float8 AS frequency
    FROM scope AS s, question AS q, unnest(q.words) WITH ORDINALITY AS w (word, number)
    WHERE s.search IS NOT NULL
        AND s.search @@ w.word
),
spreading AS MATERIALIZED (
    SELECT array_agg(n.number) AS numbers
    FROM (
        SELECT o.number
        FROM occurrences AS o
        WHERE :context_share::float8 > 0
        GROUP BY o.number
        HAVING count(*) <= greatest((SELECT c.size FROM corpus AS c) / 4, 3)
    ) AS n
),
-- As `reached` of search_ranked, of each memory apart that lends the word.
lent AS MATERIALIZED (
    SELECT
        o.id,
        o.id AS memory_id,
        o.length,
        o.number,
        o.frequency
    FROM occurrences AS o
    UNION ALL
    SELECT
        s.id,
        o.id,
        s.length,
        o.number,
        o.frequency * :context_share * CASE WHEN s.session_offset < o.session_offset THEN 0.7::float8 ELSE 1 END
        * exp(-abs(s.session_offset - o.session_offset) / 250::float8)
    FROM (
        SELECT
            o.id,
            o.session_id,
            o.session_offset,
            o.number,
            o.frequency,
            o.session_offset / 500 + d.away AS stretch
        FROM occurrences AS o, generate_series(-1, 1) AS d (away)
        WHERE o.session_offset IS NOT NULL
            AND o.number = ANY ((SELECT x.numbers FROM spreading AS x)::int[])
        OFFSET 0
    ) AS o
    -- A full join is never a nested loop, to which a generic plan, that takes each side for one row, would come.
    FULL JOIN (
        SELECT
            s.id,
            s.session_id,
            s.session_offset,
            s.length,
            s.session_offset / 500 AS stretch
        FROM scope AS s
        WHERE s.session_offset IS NOT NULL
            AND :context_share > 0
        OFFSET 0
    ) AS s ON s.session_id = o.session_id AND s.stretch = o.stretch
    WHERE CASE
        WHEN o.id IS NULL OR s.id IS NULL THEN false
        ELSE s.id <> o.id AND abs(s.session_offset - o.session_offset) <= 500
    END
),
rarity AS MATERIALIZED (
    SELECT
        d.number,
        ln(1 + (c.size - d.documents + 0.5) / (d.documents + 0.5)) AS idf
    FROM corpus AS c, (SELECT l.number, count(DISTINCT l.id)::float8 AS documents FROM lent AS l GROUP BY l.number) AS d
),
-- What a memory has by itself is as if nothing were around it; what is around shares the rest.
weighed AS MATERIALIZED (
    SELECT
        j.id,
        j.memory_id,
        j.number,
        j.frequency,
        CASE
            WHEN j.memory_id = j.id THEN j.alone
            ELSE (j.together - j.alone) * j.frequency / j.around
        END AS points
    FROM (
        SELECT
            l.*,
            l.own * l.idf * 1.9::float8 / (l.own + l.half) AS alone,
            (l.own + l.around) * l.idf * 1.9::float8 / (l.own + l.around + l.half) AS together
        FROM (
            SELECT
                l.*,
                coalesce(sum(l.frequency) FILTER (WHERE l.memory_id = l.id) OVER of_word, 0) AS own,
                coalesce(sum(l.frequency) FILTER (WHERE l.memory_id <> l.id) OVER of_word, 0) AS around,
                (SELECT r.idf FROM rarity AS r WHERE r.number = l.number) AS idf,
                0.9::float8 * (1 - :bm25_b::float8 + :bm25_b * l.length / (SELECT c.average_length FROM corpus AS c)) AS half
            FROM lent AS l
            WHERE l.id = ANY (:ids::uuid[])
            WINDOW of_word AS (PARTITION BY l.id, l.number)
        ) AS l
    ) AS j
),
-- How many memories of the scope apart they are in their session.
places AS MATERIALIZED (
    SELECT
        s.id,
        row_number() OVER (PARTITION BY s.session_id ORDER BY s.session_offset, s.id) AS place
    FROM scope AS s
    WHERE s.session_offset IS NOT NULL
        AND s.session_id = ANY (ARRAY(SELECT h.session_id FROM scope AS h WHERE h.id = ANY (:ids)))
),
-- A word as it is written in the text, if that has no other word in it.
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
    coalesce(theirs.place - its.place, 0)::int AS away,
    x.frequency,
    x.points,
    left(m.content, 200) AS excerpt
FROM weighed AS x
CROSS JOIN question AS q
JOIN unnest(q.words) WITH ORDINALITY AS w (word, number) ON w.number = x.number
JOIN memdb.memories AS m ON m.org_id = :org_id AND m.id = x.memory_id
LEFT JOIN written AS t ON t.word = w.word
LEFT JOIN places AS its ON its.id = x.id
LEFT JOIN places AS theirs ON theirs.id = x.memory_id
ORDER BY x.id, x.points DESC, w.number, m.id
