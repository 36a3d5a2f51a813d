-- Adds an entry to the audit log, even if the tenant is suspended: what happens to a suspended tenant matters all the more.
INSERT INTO memdb.audit_log AS l (org_id, actor, action, resource_type, resource_id, details)
VALUES (
    :org_id::memdb.tenant,
    :actor::text,
    :action::text,
    :resource_type::text,
    :resource_id::text,
    coalesce(:details::jsonb, '{}')
)
RETURNING
    l.id,
    l.created_at,
    l.actor,
    l.action,
    l.resource_type,
    l.resource_id,
    l.details,
    l.seq
