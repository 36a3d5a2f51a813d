-- Soft-deletes one live observation and returns its new version.
UPDATE memdb.session_observations AS o
SET
    deleted_at = now(),
    updated_at = greatest(o.updated_at, now()),
    version = memdb.next_version(o.version, :expected_version::int)
FROM memdb.writable_organizations AS w
WHERE o.org_id = :org_id::memdb.tenant
    AND o.id = :id::uuid
    AND o.deleted_at IS NULL
    AND w.org_id = :org_id
RETURNING o.version
