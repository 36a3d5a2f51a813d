-- The ids at which to take samples of an agent's live memories: up to 200, evenly spaced among the newest 2,000,000 by id.
-- not null: id
SELECT n.id
FROM (
    SELECT
        m.id,
        row_number() OVER (ORDER BY m.id DESC) AS number
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.agent_id = :agent_id::uuid
        AND m.deleted_at IS NULL
    ORDER BY m.id DESC
    LIMIT 2000000
) AS n
WHERE n.number % greatest((:live::bigint + 199) / 200, 1) = 0
ORDER BY n.id
