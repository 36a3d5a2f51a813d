-- How many live memories pass the filters.
-- not null: count
SELECT count(*) AS count
FROM memdb.memories AS m
WHERE m.org_id = :org_id::memdb.tenant
    AND (:agent_id::uuid IS NULL OR m.agent_id = :agent_id)
    AND (:user_id::uuid IS NULL OR m.user_id = :user_id)
    AND (:session_id::uuid IS NULL OR m.session_id = :session_id)
    AND (:category::text IS NULL OR m.category = :category)
    AND (:status::text IS NULL OR m.status = :status)
    AND (:since::timestamptz IS NULL OR m.created_at >= :since)
    AND (:until::timestamptz IS NULL OR m.created_at < :until)
    AND (:tag::text IS NULL OR :tag = ANY (m.tags))
    AND m.deleted_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > now())
