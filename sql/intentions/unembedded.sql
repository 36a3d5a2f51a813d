-- Open intentions with a condition that has no embedding, oldest first, from a keyset cursor; work for a background embedder.
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
    AND NOT n.embedded
    AND n.condition IS NOT NULL
    AND n.status IN ('pending', 'triggered')
    AND (:agent_id::uuid IS NULL OR n.agent_id = :agent_id)
    AND (:after::uuid IS NULL OR n.id > :after)
    AND n.deleted_at IS NULL
ORDER BY n.id
LIMIT :limit::int
