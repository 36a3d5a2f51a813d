-- The edges from and to a memory, newest first, from a keyset cursor.
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
    AND (
        :before_source_id::uuid IS NULL
        OR (r.created_at, r.source_id, r.type, r.target_id)
        < (:before_created_at::timestamptz, :before_source_id, :before_type::text, :before_target_id::uuid)
    )
ORDER BY r.created_at DESC, r.source_id DESC, r.type DESC, r.target_id DESC
LIMIT :limit::int
