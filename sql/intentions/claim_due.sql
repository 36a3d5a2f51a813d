-- Triggers pending intentions that are due, longest due first, and returns them. Skips intentions that are being triggered or changed
-- concurrently, so that each of several callers gets different ones, and those of agents that take no writes.
-- not null: id, agent_id, trigger, action, status, embedded, metadata, version, created_at, updated_at
WITH due AS MATERIALIZED (
    SELECT n.id
    FROM memdb.intentions AS n
    WHERE n.org_id = :org_id::memdb.tenant
        AND (:agent_id::uuid IS NULL OR n.agent_id = :agent_id)
        AND n.status = 'pending'
        AND n.due_at <= coalesce(:at::timestamptz, now())
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
),
claimed AS (
    UPDATE memdb.intentions AS n
    SET
        status = memdb.next_intention_status(n.status, 'triggered'),
        triggered_at = now(),
        updated_at = greatest(n.updated_at, now()),
        version = n.version + 1
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id
        AND n.org_id = :org_id
        AND n.id = ANY (ARRAY(SELECT d.id FROM due AS d))
    RETURNING n.*
)
SELECT
    n.id,
    n.agent_id,
    n.user_id,
    n.session_id,
    n.trigger,
    n.condition,
    n.action,
    n.context,
    n.due_at,
    n.status,
    n.outcome,
    n.embedded,
    n.metadata,
    n.version,
    n.triggered_at,
    n.ended_at,
    n.created_at,
    n.updated_at
FROM claimed AS n
ORDER BY n.due_at, n.id
