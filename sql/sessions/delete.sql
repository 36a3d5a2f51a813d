-- Soft-deletes one live session with its messages, and returns its new version.
UPDATE memdb.sessions AS s
SET
    deleted_at = now(),
    updated_at = greatest(s.updated_at, now()),
    version = memdb.next_version(s.version, :expected_version::int)
FROM memdb.writable_organizations AS w
WHERE s.org_id = :org_id::memdb.tenant
    AND s.id = :id::uuid
    AND s.deleted_at IS NULL
    AND w.org_id = :org_id
RETURNING s.version
