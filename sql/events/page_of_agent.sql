-- An agent's events, most recent first, from a keyset cursor.
SELECT
    e.id,
    e.agent_id,
    e.session_id,
    e.user_id,
    e.content,
    e.source,
    e.speaker,
    e.importance,
    e.emotion,
    e.emotion_intensity,
    e.energy,
    e.trace,
    e.embedded,
    e.occurred_at,
    e.created_at
FROM memdb.events AS e
WHERE e.org_id = :org_id::memdb.tenant
    AND e.agent_id = :agent_id::uuid
    AND (:source::text IS NULL OR e.source = :source)
    AND e.occurred_at >= coalesce(:since::timestamptz, '-infinity')
    AND e.occurred_at < coalesce(:until::timestamptz, 'infinity')
    AND (:before_id::uuid IS NULL OR (e.occurred_at, e.id) < (:before_occurred_at::timestamptz, :before_id))
ORDER BY e.occurred_at DESC, e.id DESC
LIMIT :limit::int
