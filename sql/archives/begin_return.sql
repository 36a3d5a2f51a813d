-- Allows an archived session's messages to come back. No row means that there is no such session in the archive.
UPDATE memdb.sessions AS s
SET moving = 'in'
WHERE s.org_id = :org_id::memdb.tenant
    AND s.id = :id::uuid
    AND s.status = 'cold_archived'
    AND s.deleted_at IS NULL
RETURNING s.id
