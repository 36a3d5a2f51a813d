-- A memory's history, newest first: the state after each change and the fields that it changed, including deleted memories.
-- not null: changed
SELECT
    v.version,
    v.operation,
    v.changed_by,
    v.reason,
    memdb.changed_fields(v, p) AS changed,
    v.content,
    v.category,
    v.labels,
    v.status,
    v.confidence,
    v.tags,
    v.metadata,
    v.valid_from,
    v.valid_until,
    v.expires_at,
    v.deleted_at,
    v.superseded_by,
    v.merged_into,
    v.changed_at
FROM memdb.memory_versions AS v
LEFT JOIN memdb.memory_versions AS p ON p.org_id = v.org_id AND p.memory_id = v.memory_id AND p.version = v.version - 1
WHERE v.org_id = :org_id::memdb.tenant
    AND v.memory_id = :id::uuid
    AND (:before::int IS NULL OR v.version < :before)
ORDER BY v.version DESC
LIMIT :limit::int
