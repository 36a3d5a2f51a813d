-- An entry of the audit log for events that were cleared.
INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, details)
VALUES (
    :org_id::memdb.tenant,
    :actor::text,
    'organization.clear_events',
    'organization',
    jsonb_build_object('occurred_before', :occurred_before::timestamptz, 'rows', :rows::jsonb)
)
