-- Creates a user of the tenant. No row means that there is no such organization.
WITH created AS (
    INSERT INTO memdb.users AS u (org_id, id, email, name, role, status, sso_provider, sso_subject)
    SELECT
        w.org_id,
        coalesce(:id::uuid, memdb.new_id()),
        :email::text,
        :name::text,
        :role::text,
        :status::text,
        :sso_provider::text,
        :sso_subject::text
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id::memdb.tenant
    RETURNING u.*
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'user.create',
        'user',
        c.id::text,
        jsonb_build_object('role', c.role, 'status', c.status)
    FROM created AS c
)
SELECT
    u.id,
    u.email,
    u.name,
    u.role,
    u.status,
    u.sso_provider,
    u.sso_subject,
    u.version,
    u.created_at,
    u.updated_at
FROM created AS u
