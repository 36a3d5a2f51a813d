-- Soft-deletes one live user and returns the user's new version. Memories of the user stay: erasing is a separate operation.
WITH deleted AS (
    UPDATE memdb.users AS u
    SET
        deleted_at = now(),
        updated_at = greatest(u.updated_at, now()),
        version = memdb.next_version(u.version, :expected_version::int)
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND u.org_id = :org_id
        AND u.id = :id::uuid
        AND u.deleted_at IS NULL
    RETURNING
        u.id,
        u.version
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'user.delete',
        'user',
        d.id::text,
        '{}'
    FROM deleted AS d
)
SELECT d.version
FROM deleted AS d
