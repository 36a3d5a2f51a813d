-- Soft-deletes one live intention and returns its new version.
UPDATE memdb.intentions AS n
SET
    deleted_at = now(),
    updated_at = greatest(n.updated_at, now()),
    version = memdb.next_version(n.version, :expected_version::int)
FROM memdb.writable_organizations AS w
WHERE n.org_id = :org_id::memdb.tenant
    AND n.id = :id::uuid
    AND n.deleted_at IS NULL
    AND w.org_id = :org_id
RETURNING n.version
