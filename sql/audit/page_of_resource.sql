-- The audit log's entries for one resource, newest first, from a keyset cursor.
SELECT
    l.id,
    l.created_at,
    l.actor,
    l.action,
    l.resource_type,
    l.resource_id,
    l.details,
    l.seq
FROM memdb.audit_log AS l
WHERE l.org_id = :org_id::memdb.tenant
    AND l.resource_type = :resource_type::text
    AND l.resource_id = :resource_id::text
    AND (:action::text IS NULL OR l.action = :action)
    AND (:acted_by::text IS NULL OR l.actor = :acted_by)
    AND (:since::timestamptz IS NULL OR l.created_at >= :since)
    AND (:until::timestamptz IS NULL OR l.created_at < :until)
    AND (:before::uuid IS NULL OR l.id < :before)
ORDER BY l.id DESC
LIMIT :limit::int
