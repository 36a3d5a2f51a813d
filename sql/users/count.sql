-- How many live users pass the filters.
-- not null: count
SELECT count(*) AS count
FROM memdb.users AS u
WHERE u.org_id = :org_id::memdb.tenant
    AND u.deleted_at IS NULL
    AND (:role::text IS NULL OR u.role = :role)
    AND (:status::text IS NULL OR u.status = :status)
