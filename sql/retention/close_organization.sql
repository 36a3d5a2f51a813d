-- Soft-deletes the organization, unless it is deleted already, so that nothing more is written to it.
UPDATE memdb.organizations AS o
SET
    deleted_at = coalesce(o.deleted_at, now()),
    updated_at = greatest(o.updated_at, now()),
    version = o.version + 1
WHERE o.id = :org_id::memdb.tenant
RETURNING o.version
