-- The number of a live session's last event, and whether more may follow. No row means that there is no such session.
-- not null: is_open
SELECT
    s.last_event,
    s.status = 'active' AS is_open
FROM memdb.sessions AS s
WHERE s.org_id = :org_id::memdb.tenant
    AND s.id = :session_id::uuid
    AND s.deleted_at IS NULL
