-- The tenant's live users, newest first, from a keyset cursor.
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
    AND u.deleted_at IS NULL
    AND (:role::text IS NULL OR u.role = :role)
    AND (:status::text IS NULL OR u.status = :status)
    AND (:before::uuid IS NULL OR u.id < :before)
ORDER BY u.id DESC
LIMIT :limit::int
