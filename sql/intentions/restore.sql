-- Restores one deleted intention.
WITH changed AS (
    UPDATE memdb.intentions AS n
    SET
        deleted_at = NULL,
        updated_at = greatest(n.updated_at, now()),
        version = memdb.next_version(n.version, :expected_version::int)
    FROM memdb.writers AS w
    WHERE n.org_id = :org_id::memdb.tenant
        AND n.id = :id::uuid
        AND n.deleted_at IS NOT NULL
        AND w.org_id = :org_id
        AND w.id = n.agent_id
        AND memdb.takes_writes(w, n.agent_id)
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
FROM changed AS n
