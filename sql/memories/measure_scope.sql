-- How many live memories an agent has, counted up to 200,000.
-- not null: memories
SELECT count(*) AS memories
FROM (
    SELECT
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.agent_id = :agent_id::uuid
        AND m.deleted_at IS NULL
    LIMIT 200000
) AS counted
