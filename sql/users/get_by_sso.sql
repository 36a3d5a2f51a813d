-- The live user that an identity provider knows by a subject.
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
    AND u.sso_provider = :sso_provider::text
    AND u.sso_subject = :sso_subject::text
    AND u.deleted_at IS NULL
