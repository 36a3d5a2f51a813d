-- The words that occur in at least one in 2,000 memories of a scope, each as a tsquery, with the share of the memories that contain it; and
-- the average number of distinct words of a memory. Estimated from those in the scope among up to 100 of the agent's memories starting at
-- each of `places`.
-- not null: words, shares, average_length
WITH sample AS MATERIALIZED (
    SELECT s.search
    FROM (
        SELECT
            p.id,
            lead(p.id, 1, 'ffffffff-ffff-ffff-ffff-ffffffffffff') OVER (ORDER BY p.id) AS next
        FROM unnest(:places::uuid[]) AS p (id)
    ) AS p
    CROSS JOIN LATERAL (
        SELECT
            CASE
                WHEN memdb.in_scope(
                    m, :agent_id::uuid, :user_id::uuid, :session_id::uuid, :category::text, :tags::text[], :metadata::jsonb, :as_of::timestamptz,
                    :since::timestamptz, :until::timestamptz
                )
                AND memdb.contains(m.content, :contains::text)
                THEN m.search
            END AS search
        FROM memdb.memories AS m
        WHERE m.org_id = :org_id::memdb.tenant
            AND m.agent_id = :agent_id
            AND m.deleted_at IS NULL
            AND m.id >= p.id
            AND m.id < p.next
        ORDER BY m.id
        LIMIT 100
    ) AS s
    WHERE s.search IS NOT NULL
),
size AS MATERIALIZED (
    SELECT
        count(*)::float8 AS memories,
        greatest(avg(length(s.search)), 1)::float8 AS average_length
    FROM sample AS s
),
frequent AS MATERIALIZED (
    SELECT
        u.lexeme,
        count(*) AS memories
    FROM sample AS s, unnest(tsvector_to_array(s.search)) AS u (lexeme)
    GROUP BY u.lexeme
    HAVING count(*) >= greatest((SELECT z.memories FROM size AS z) / 2000, 2)
)
SELECT
    coalesce(w.words, '{}') AS words,
    coalesce(w.shares, '{}') AS shares,
    z.average_length
FROM size AS z
CROSS JOIN (
    SELECT
        array_agg(memdb.query_of(f.lexeme)::text) AS words,
        array_agg(f.memories / (SELECT z.memories FROM size AS z)) AS shares
    FROM frequent AS f
) AS w
