-- How many entries of the audit log pass the filters.
-- not null: count
SELECT count(*) AS count
FROM memdb.audit_log AS l
WHERE l.org_id = :org_id::memdb.tenant
    AND (:resource_type::text IS NULL OR l.resource_type = :resource_type)
    AND (:resource_id::text IS NULL OR l.resource_id = :resource_id)
    AND (:action::text IS NULL OR l.action = :action)
    AND (:acted_by::text IS NULL OR l.actor = :acted_by)
    AND (:since::timestamptz IS NULL OR l.created_at >= :since)
    AND (:until::timestamptz IS NULL OR l.created_at < :until)
