-- A new user of the tenant. No row means that there is no such organization.
INSERT INTO memdb.users AS u (org_id, id, email, name, role, status, sso_provider, sso_subject)
SELECT
    o.id,
    coalesce(:id::uuid, memdb.new_id()),
    :email::text,
    :name::text,
    :role::text,
    :status::text,
    :sso_provider::text,
    :sso_subject::text
FROM memdb.organizations AS o
WHERE o.id = :org_id::memdb.tenant
    AND o.deleted_at IS NULL
RETURNING
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
