-- Soft-deletes one live cluster and returns its new version.
UPDATE memdb.clusters AS c
SET
    deleted_at = now(),
    updated_at = greatest(c.updated_at, now()),
    version = memdb.next_version(c.version, :expected_version::int)
FROM memdb.writable_organizations AS w
WHERE c.org_id = :org_id::memdb.tenant
    AND c.id = :id::uuid
    AND c.deleted_at IS NULL
    AND w.org_id = :org_id
RETURNING c.version
