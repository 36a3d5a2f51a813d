-- Events without an embedding, from a keyset cursor; work for a background embedder.
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
    AND NOT e.embedded
    AND (:agent_id::uuid IS NULL OR e.agent_id = :agent_id)
    AND (:after_id::uuid IS NULL OR e.id > :after_id)
ORDER BY e.id
LIMIT :limit::int
