-- The number of live memories that pass the filters.
-- not null: count
SELECT count(*) AS count
FROM memdb.memories AS m
WHERE m.org_id = :org_id::memdb.tenant
    AND (:agent_id::uuid IS NULL OR m.agent_id = :agent_id)
    AND (:user_id::uuid IS NULL OR m.user_id = :user_id)
    AND (:session_id::uuid IS NULL OR m.session_id = :session_id)
    AND (:category::text IS NULL OR m.category = :category OR m.labels ? :category)
    AND (
        :status::text IS NULL
        OR m.status = :status
        -- A memory that has since been superseded or merged was active then.
        OR (:status = 'active' AND :as_of::timestamptz IS NOT NULL AND m.status IN ('superseded', 'merged'))
    )
    AND (:as_of IS NULL OR (m.valid_from <= :as_of AND (m.valid_until IS NULL OR m.valid_until > :as_of)))
    AND (:since::timestamptz IS NULL OR m.created_at >= :since)
    AND (:until::timestamptz IS NULL OR m.created_at < :until)
    AND (:tags::text[] IS NULL OR m.tags @> :tags)
    AND (:metadata::jsonb IS NULL OR m.metadata @> :metadata)
    AND m.deleted_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > now())
    AND memdb.contains(m.content, :contains::text)
