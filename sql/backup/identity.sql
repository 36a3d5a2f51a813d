-- The tenant's identity, even if it is deleted.
SELECT
    o.id,
    o.slug,
    o.name
FROM memdb.organizations AS o
WHERE o.id = :org_id::memdb.tenant
