-- How many live profiles the tenant has.
-- not null: count
SELECT count(*) AS count
FROM memdb.profiles AS p
WHERE p.org_id = :org_id::memdb.tenant
    AND p.deleted_at IS NULL
