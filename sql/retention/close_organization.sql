-- Soft-deletes the organization, if it is not deleted already, so that nothing is written to it any more.
UPDATE memdb.organizations AS o
SET
    deleted_at = coalesce(o.deleted_at, now()),
    updated_at = greatest(o.updated_at, now()),
    version = o.version + 1
WHERE o.id = :org_id::memdb.tenant
RETURNING o.version
