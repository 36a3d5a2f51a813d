-- The tenant's audit log, newest first, from a keyset cursor.
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
    AND (:resource_type::text IS NULL OR l.resource_type = :resource_type)
    AND (:resource_id::text IS NULL OR l.resource_id = :resource_id)
    AND (:action::text IS NULL OR l.action = :action)
    AND (:acted_by::text IS NULL OR l.actor = :acted_by)
    AND (:since::timestamptz IS NULL OR l.created_at >= :since)
    AND (:until::timestamptz IS NULL OR l.created_at < :until)
    AND (:before::uuid IS NULL OR l.id < :before)
ORDER BY l.id DESC
LIMIT :limit::int
