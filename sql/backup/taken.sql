-- Which part of an organization's identity is taken in this database: its id, including ids erased here, or its slug. No row means that it
-- is free.
-- not null: field
SELECT 'id' AS field
FROM memdb.organizations AS o
WHERE o.id = :id::uuid
UNION ALL
SELECT 'id'
FROM memdb.erasures AS e
WHERE e.org_id = :id
UNION ALL
SELECT 'slug'
FROM memdb.organizations AS o
WHERE o.slug = :slug::text
    AND o.deleted_at IS NULL
LIMIT 1
