-- The pending escalations, newest first, from a keyset cursor.
SELECT
    e.id,
    e.memory_id,
    e.candidate_id,
    e.kind,
    e.status,
    e.subject,
    e.reason,
    e.created_by,
    e.created_at,
    e.resolved_by,
    e.resolved_at,
    e.resolution
FROM memdb.memory_escalations AS e
WHERE e.org_id = :org_id::memdb.tenant
    AND e.status = 'pending'
    AND (:before::uuid IS NULL OR e.id < :before)
ORDER BY e.id DESC
LIMIT :limit::int
