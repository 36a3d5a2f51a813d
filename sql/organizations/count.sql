-- How many live or deleted organizations there are, of a status or of all.
-- not null: count
SELECT count(*) AS count
FROM memdb.organizations AS o
WHERE (o.deleted_at IS NOT NULL) = :deleted::bool
    AND (:status::text IS NULL OR o.status = :status)
