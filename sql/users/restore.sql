-- Restores one deleted user.
WITH restored AS (
    UPDATE memdb.users AS u
    SET
        deleted_at = NULL,
        updated_at = greatest(u.updated_at, now()),
        version = memdb.next_version(u.version, :expected_version::int)
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND u.org_id = :org_id
        AND u.id = :id::uuid
        AND u.deleted_at IS NOT NULL
    RETURNING u.*
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'user.restore',
        'user',
        r.id::text,
        '{}'
    FROM restored AS r
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
FROM restored AS u
