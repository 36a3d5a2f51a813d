-- An entry of the audit log for a purge.
INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, details)
VALUES (
    :org_id::memdb.tenant,
    :actor::text,
    'organization.purge',
    'organization',
    jsonb_build_object('before', :before::timestamptz, 'rows', :rows::jsonb)
)
