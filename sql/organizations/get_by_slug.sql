-- The live organization with this slug, across tenants.
SELECT
    o.id,
    o.slug,
    o.name,
    o.tier,
    o.status,
    o.settings,
    o.version,
    o.created_at,
    o.updated_at
FROM memdb.organizations AS o
WHERE o.slug = :slug::text
    AND o.deleted_at IS NULL
