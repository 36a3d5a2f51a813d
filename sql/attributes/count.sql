-- How many attributes the tenant has, of a status or of all.
-- not null: count
SELECT count(*) AS count
FROM memdb.attributes AS a
WHERE a.org_id = :org_id::memdb.tenant
    AND (:status::text IS NULL OR a.status = :status)
