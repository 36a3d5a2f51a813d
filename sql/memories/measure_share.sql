-- The share of an agent's live memories that is in a scope, estimated from up to 40 memories starting at each of `places`.
-- not null: part
SELECT coalesce(avg(s.is_in_scope::integer), 0)::float8 AS part
FROM (
    SELECT
        p.id,
        lead(p.id, 1, 'ffffffff-ffff-ffff-ffff-ffffffffffff') OVER (ORDER BY p.id) AS next
    FROM unnest(:places::uuid[]) AS p (id)
) AS p
CROSS JOIN LATERAL (
    SELECT
        memdb.in_scope(
            m, :agent_id::uuid, :user_id::uuid, :session_id::uuid, :category::text, :tags::text[], :metadata::jsonb, :as_of::timestamptz,
            :since::timestamptz, :until::timestamptz
        )
        AND memdb.contains(m.content, :contains::text) AS is_in_scope
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.agent_id = :agent_id
        AND m.deleted_at IS NULL
        AND m.id >= p.id
        AND m.id < p.next
    ORDER BY m.id
    LIMIT 40
) AS s
