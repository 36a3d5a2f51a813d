-- A memory's history, newest first: the state that each version left, deleted memories included.
SELECT
    v.version,
    v.operation,
    v.reason,
    v.content,
    v.category,
    v.status,
    v.confidence,
    v.tags,
    v.metadata,
    v.expires_at,
    v.deleted_at,
    v.changed_at
FROM memdb.memory_versions AS v
WHERE v.org_id = :org_id::memdb.tenant
    AND v.memory_id = :id::uuid
    AND (:before::int IS NULL OR v.version < :before)
ORDER BY v.version DESC
LIMIT :limit::int
