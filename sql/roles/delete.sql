-- Soft-deletes one live role and returns its new version. Its name is free from then on.
WITH deleted AS (
    UPDATE memdb.roles AS r
    SET
        deleted_at = now(),
        updated_at = greatest(r.updated_at, now()),
        version = memdb.next_version(r.version, :expected_version::int)
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND r.org_id = :org_id
        AND r.id = :id::uuid
        AND r.deleted_at IS NULL
    RETURNING
        r.id,
        r.version
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'role.delete',
        'role',
        d.id::text,
        '{}'
    FROM deleted AS d
)
SELECT d.version
FROM deleted AS d
