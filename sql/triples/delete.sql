-- Soft-deletes one live triple and returns its new version.
UPDATE memdb.triples AS t
SET
    deleted_at = now(),
    updated_at = greatest(t.updated_at, now()),
    version = memdb.next_version(t.version, :expected_version::int)
FROM memdb.writable_organizations AS w
WHERE t.org_id = :org_id::memdb.tenant
    AND t.id = :id::uuid
    AND t.deleted_at IS NULL
    AND w.org_id = :org_id
RETURNING t.version
