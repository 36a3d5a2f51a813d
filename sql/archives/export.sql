-- All that the archive has of a session, as JSON: a message a row, in order.
-- not null: row
SELECT to_jsonb(m) - 'org_id' AS row
FROM memdb.archived_messages AS m
JOIN memdb.sessions AS s ON s.org_id = m.org_id AND s.id = m.session_id
WHERE m.org_id = :org_id::memdb.tenant
    AND m.session_id = :id::uuid
    AND s.deleted_at IS NULL
ORDER BY m.position
