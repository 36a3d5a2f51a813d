-- Soft-deletes one live insight and returns its new version.
UPDATE memdb.insights AS i
SET
    deleted_at = now(),
    updated_at = greatest(i.updated_at, now()),
    version = memdb.next_version(i.version, :expected_version::int)
FROM memdb.writable_organizations AS w
WHERE i.org_id = :org_id::memdb.tenant
    AND i.id = :id::uuid
    AND i.deleted_at IS NULL
    AND w.org_id = :org_id
RETURNING i.version
