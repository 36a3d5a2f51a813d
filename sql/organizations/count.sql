-- How many live organizations there are, of a status or of all.
-- not null: count
SELECT count(*) AS count
FROM memdb.organizations AS o
WHERE o.deleted_at IS NULL
    AND (:status::text IS NULL OR o.status = :status)
