-- Which share of an agent's live memories is in a scope, by up to 1,000 of them: 40 at each of 25 places across their time.
-- not null: share
WITH ends AS MATERIALIZED (
    SELECT
        (
            SELECT m.id
            FROM memdb.memories AS m
            WHERE m.org_id = :org_id::memdb.tenant
                AND m.agent_id = :agent_id::uuid
                AND m.deleted_at IS NULL
            ORDER BY m.id
            LIMIT 1
        ) AS first,
        (
            SELECT m.id
            FROM memdb.memories AS m
            WHERE m.org_id = :org_id
                AND m.agent_id = :agent_id
                AND m.deleted_at IS NULL
            ORDER BY m.id DESC
            LIMIT 1
        ) AS last
)
SELECT coalesce(avg(s.is_in_scope::integer), 0)::float8 AS share
FROM ends AS e
CROSS JOIN LATERAL memdb.places(e.first, e.last, 25) AS p
CROSS JOIN LATERAL (
    SELECT
        memdb.in_scope(
            m, :agent_id, :user_id::uuid, :session_id::uuid, :category::text, :tags::text[], :metadata::jsonb, :as_of::timestamptz,
            :since::timestamptz, :until::timestamptz
        )
        AND memdb.contains(m.content, :contains::text) AS is_in_scope
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id
        AND m.agent_id = :agent_id
        AND m.deleted_at IS NULL
        AND m.id >= p.id
        AND m.id < p.next
    ORDER BY m.id
    LIMIT 40
) AS s
