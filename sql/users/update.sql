-- Changes the given fields of one live user. NULL leaves a field unchanged, unless :cleared names it.
WITH updated AS (
    UPDATE memdb.users AS u
    SET
        email = coalesce(:email::text, u.email),
        apart = CASE WHEN :email IS NULL THEN u.apart END,
        name = coalesce(:name::text, CASE WHEN 'name' <> ALL (:cleared::text[]) THEN u.name END),
        role = coalesce(:role::text, u.role),
        status = coalesce(:status::text, u.status),
        sso_provider = coalesce(:sso_provider::text, CASE WHEN 'sso_provider' <> ALL (:cleared) THEN u.sso_provider END),
        sso_subject = coalesce(:sso_subject::text, CASE WHEN 'sso_subject' <> ALL (:cleared) THEN u.sso_subject END),
        updated_at = greatest(u.updated_at, now()),
        version = memdb.next_version(u.version, :expected_version::int)
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND u.org_id = :org_id
        AND u.id = :id::uuid
        AND u.deleted_at IS NULL
    RETURNING u.*
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'user.update',
        'user',
        u.id::text,
        jsonb_strip_nulls(jsonb_build_object('role', :role, 'status', :status, 'cleared', nullif(to_jsonb(:cleared), '[]')))
    FROM updated AS u
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
FROM updated AS u
