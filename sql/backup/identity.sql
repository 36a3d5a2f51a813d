-- Who the tenant is, deleted or not.
SELECT
    o.id,
    o.slug,
    o.name
FROM memdb.organizations AS o
WHERE o.id = :org_id::memdb.tenant
