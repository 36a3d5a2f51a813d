-- Expires open intentions that were due before a time, longest due first, and returns their ids. Skips intentions that are being changed
-- concurrently, and those of agents that take no writes.
-- not null: id
WITH overdue AS MATERIALIZED (
    SELECT n.id
    FROM memdb.intentions AS n
    WHERE n.org_id = :org_id::memdb.tenant
        AND (:agent_id::uuid IS NULL OR n.agent_id = :agent_id)
        AND n.status IN ('pending', 'triggered')
        AND n.due_at < least(:due_before::timestamptz, now())
        AND n.deleted_at IS NULL
        -- Not a join, so that due intentions are read in the order of their index.
        AND (
            SELECT a.deleted_at IS NULL AND a.status NOT IN ('suspended', 'archived')
            FROM memdb.agents AS a
            WHERE a.org_id = :org_id
                AND a.id = n.agent_id
        )
    ORDER BY n.due_at, n.id
    LIMIT :limit::int
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE memdb.intentions AS n
SET
    status = memdb.next_intention_status(n.status, 'expired'),
    ended_at = now(),
    updated_at = greatest(n.updated_at, now()),
    version = n.version + 1
FROM memdb.writable_organizations AS w
WHERE w.org_id = :org_id
    AND n.org_id = :org_id
    AND n.id = ANY (ARRAY(SELECT o.id FROM overdue AS o))
RETURNING n.id
