-- The number of memories that pass the filters, of any status: live ones, and those deleted or expired but not yet purged.
-- not null: live, ended
SELECT
    count(*) FILTER (WHERE m.deleted_at IS NULL AND (m.expires_at IS NULL OR m.expires_at > now())) AS live,
    count(*) FILTER (WHERE m.deleted_at IS NOT NULL OR m.expires_at <= now()) AS ended
FROM memdb.memories AS m
WHERE m.org_id = :org_id::memdb.tenant
    AND (:agent_id::uuid IS NULL OR m.agent_id = :agent_id)
    AND (:user_id::uuid IS NULL OR m.user_id = :user_id)
    AND (:tags::text[] IS NULL OR m.tags @> :tags)
