-- How many live threads the tenant has.
-- not null: count
SELECT count(*) AS count
FROM memdb.threads AS t
WHERE t.org_id = :org_id::memdb.tenant
    AND t.deleted_at IS NULL
