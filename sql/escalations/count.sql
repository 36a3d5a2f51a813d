-- How many escalations pass the filters.
-- not null: count
SELECT count(*) AS count
FROM memdb.memory_escalations AS e
WHERE e.org_id = :org_id::memdb.tenant
    AND (:memory_id::uuid IS NULL OR e.memory_id = :memory_id OR e.candidate_id = :memory_id)
    AND (:status::text IS NULL OR e.status = :status)
