-- How many edges a memory has, in both directions.
-- not null: count
SELECT count(*) AS count
FROM memdb.memory_relations AS r
WHERE r.org_id = :org_id::memdb.tenant
    AND (r.source_id = :memory_id::uuid OR r.target_id = :memory_id)
    AND (:type::text IS NULL OR r.type = :type)
