-- How many live clusters an agent has.
-- not null: count
SELECT count(*) AS count
FROM memdb.clusters AS c
WHERE c.org_id = :org_id::memdb.tenant
    AND c.agent_id = :agent_id::uuid
    AND (:status::text IS NULL OR c.status = :status)
    AND (:type::text IS NULL OR c.type = :type)
    AND c.deleted_at IS NULL
