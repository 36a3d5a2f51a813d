-- Closes one pending escalation. No row means that it does not exist or is closed already.
UPDATE memdb.memory_escalations AS e
SET
    status = :status::text,
    resolution = :resolution::text,
    resolved_by = :actor::text,
    resolved_at = now()
FROM memdb.writable_organizations AS w
WHERE w.org_id = :org_id::memdb.tenant
    AND e.org_id = :org_id
    AND e.id = :id::uuid
    AND e.status = 'pending'
RETURNING
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
