-- An agent's open live intentions, newest first, from a keyset cursor.
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
    AND n.agent_id = :agent_id::uuid
    AND n.status IN ('pending', 'triggered')
    AND (:trigger::text IS NULL OR n.trigger = :trigger)
    AND n.deleted_at IS NULL
    AND (:before::uuid IS NULL OR n.id < :before)
ORDER BY n.id DESC
LIMIT :limit::int
