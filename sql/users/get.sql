-- One live user.
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
FROM memdb.users AS u
WHERE u.org_id = :org_id::memdb.tenant
    AND u.id = :id::uuid
    AND u.deleted_at IS NULL
