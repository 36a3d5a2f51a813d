-- The number of an agent's live observations that pass the filters.
-- not null: count
SELECT count(*) AS count
FROM memdb.session_observations AS o
WHERE o.org_id = :org_id::memdb.tenant
    AND o.agent_id = :agent_id::uuid
    AND (:session_id::uuid IS NULL OR o.session_id = :session_id)
    AND (:status::text IS NULL OR o.status = :status)
    AND (:topic::text IS NULL OR o.topic = :topic)
    AND (:entity::text IS NULL OR :entity = ANY (o.entities))
    AND (:since::timestamptz IS NULL OR o.observed_at >= :since)
    AND (:until::timestamptz IS NULL OR o.observed_at < :until)
    AND o.deleted_at IS NULL
