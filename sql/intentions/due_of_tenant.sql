-- The tenant's open intentions that are due, longest due first.
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
FROM memdb.intentions AS n
WHERE n.org_id = :org_id::memdb.tenant
    AND n.status IN ('pending', 'triggered')
    AND n.due_at <= coalesce(:at::timestamptz, now())
    AND n.deleted_at IS NULL
ORDER BY n.due_at, n.id
LIMIT :limit::int
