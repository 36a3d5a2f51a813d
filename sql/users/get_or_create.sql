-- The live user with an address, unchanged, or a new one. No row means that there is no such organization.
-- not null: id, email, role, status, version, created_at, updated_at
WITH found AS MATERIALIZED (
    SELECT u.*
    FROM memdb.users AS u
    WHERE u.org_id = :org_id::memdb.tenant
        AND u.email_key = memdb.lowered(:email::text)
        AND u.deleted_at IS NULL
    -- Of several that are equal by now (memdb.kept_apart), the one with exactly this address, otherwise the first.
    ORDER BY u.email = :email DESC, u.apart NULLS FIRST
    LIMIT 1
),
created AS (
    INSERT INTO memdb.users AS u (org_id, id, email, name, role, status, sso_provider, sso_subject)
    SELECT
        w.org_id,
        memdb.new_id(),
        :email,
        :name::text,
        :role::text,
        :status::text,
        :sso_provider::text,
        :sso_subject::text
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id
        AND NOT EXISTS (SELECT FROM found)
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
FROM (
    SELECT f.* FROM found AS f
    UNION ALL
    SELECT c.* FROM created AS c
) AS u
