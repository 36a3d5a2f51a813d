-- Memories that were deleted, or expired, before a time, and are under no hold; locked, but for those that somebody else has locked.
-- not null: id
-- Each arm walks its own index, and no further than the batch.
WITH held AS MATERIALIZED (
    SELECT
        h.user_id,
        h.agent_id
    FROM memdb.legal_holds AS h
    WHERE h.org_id = :org_id::memdb.tenant
        AND h.released_at IS NULL
),
deleted AS (
    SELECT m.id
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id
        AND m.deleted_at < :before::timestamptz
        AND NOT EXISTS (SELECT FROM held AS h WHERE h.user_id = m.user_id OR h.agent_id = m.agent_id)
    ORDER BY m.deleted_at
    LIMIT :limit::int
    FOR UPDATE SKIP LOCKED
),
expired AS (
    SELECT m.id
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id
        AND m.deleted_at IS NULL
        AND m.expires_at < :before
        AND NOT EXISTS (SELECT FROM held AS h WHERE h.user_id = m.user_id OR h.agent_id = m.agent_id)
    ORDER BY m.expires_at
    LIMIT :limit
    FOR UPDATE SKIP LOCKED
)
SELECT d.id
FROM deleted AS d
UNION ALL
SELECT e.id
FROM expired AS e
LIMIT :limit
