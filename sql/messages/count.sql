-- The number of a live session's live messages.
-- not null: count
SELECT count(*) AS count
FROM memdb.kept_messages AS m
WHERE m.org_id = :org_id::memdb.tenant
    AND m.session_id = :session_id::uuid
    AND m.deleted_at IS NULL
    AND (:role::text IS NULL OR m.role = :role)
    -- Not EXISTS, which might make the planner read all of the tenant's live sessions.
    AND (SELECT s.deleted_at IS NULL FROM memdb.sessions AS s WHERE s.org_id = :org_id AND s.id = :session_id)
