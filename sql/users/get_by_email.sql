-- The live user with an address. Of several that are equal by now (memdb.kept_apart), the one with exactly this address, otherwise the
-- first.
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
    AND u.email_key = memdb.lowered(:email::text)
    AND u.deleted_at IS NULL
ORDER BY u.email = :email DESC, u.apart NULLS FIRST
LIMIT 1
