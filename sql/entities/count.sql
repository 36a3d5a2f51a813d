-- The number of an agent's active entities that pass the filters.
-- not null: count
SELECT count(*) AS count
FROM memdb.entities AS e
WHERE e.org_id = :org_id::memdb.tenant
    AND e.agent_id = :agent_id::uuid
    AND e.status = 'active'
    AND e.deleted_at IS NULL
    AND (:type::text IS NULL OR e.type = :type)
    AND (:min_importance::float8 IS NULL OR e.importance >= :min_importance)
