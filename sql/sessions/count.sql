-- The number of live sessions that pass the filters.
-- not null: count
SELECT count(*) AS count
FROM memdb.sessions AS s
WHERE s.org_id = :org_id::memdb.tenant
    AND (:user_id::uuid IS NULL OR s.user_id = :user_id)
    AND (:agent_id::uuid IS NULL OR s.agent_id = :agent_id)
    AND s.deleted_at IS NULL
    AND (:status::text IS NULL OR s.status = :status)
    AND (:since::timestamptz IS NULL OR s.active_at >= :since)
