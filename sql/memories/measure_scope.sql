-- The number of an agent's live memories, counted up to 2,000,000.
-- not null: memories
SELECT count(*) AS memories
FROM (
    SELECT
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.agent_id = :agent_id::uuid
        AND m.deleted_at IS NULL
    LIMIT 2000000
) AS counted
