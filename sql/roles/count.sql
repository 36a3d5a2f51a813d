-- How many live roles pass the filters.
-- not null: count
SELECT count(*) AS count
FROM memdb.roles AS r
WHERE r.org_id = :org_id::memdb.tenant
    AND r.deleted_at IS NULL
    AND (:status::text IS NULL OR r.status = :status)
    AND (
        :ability::text IS NULL
        OR r.id = ANY (ARRAY(SELECT a.role_id FROM memdb.role_abilities AS a WHERE a.org_id = :org_id AND a.ability = :ability))
    )
