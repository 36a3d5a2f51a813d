-- The edges from and to a memory, the newest first.
SELECT
    r.source_id,
    r.type,
    r.target_id,
    r.confidence,
    r.notes,
    r.created_by,
    r.created_at
FROM memdb.memory_relations AS r
WHERE r.org_id = :org_id::memdb.tenant
    AND (r.source_id = :memory_id::uuid OR r.target_id = :memory_id)
    AND (:type::text IS NULL OR r.type = :type)
ORDER BY r.created_at DESC, r.source_id, r.type, r.target_id
LIMIT 1000
