-- How many live agents pass the filters.
-- not null: count
SELECT count(*) AS count
FROM memdb.agents AS a
WHERE a.org_id = :org_id::memdb.tenant
    AND a.deleted_at IS NULL
    AND (:status::text IS NULL OR a.status = :status)
    AND (:tags::text[] IS NULL OR a.tags @> :tags)
