-- An entry of the audit log for sessions that were cleared.
INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, details)
VALUES (
    :org_id::memdb.tenant,
    :actor::text,
    'organization.clear_sessions',
    'organization',
    jsonb_build_object('idle_since', :idle_since::timestamptz, 'rows', :rows::jsonb)
)
