-- Soft-deletes the organization and returns its new version. It takes no writes from then on, and its slug is free.
WITH deleted AS (
    UPDATE memdb.organizations AS o
    SET
        deleted_at = now(),
        updated_at = greatest(o.updated_at, now()),
        version = memdb.next_version(o.version, :expected_version::int)
    WHERE o.id = :org_id::memdb.tenant
        AND o.deleted_at IS NULL
    RETURNING
        o.id,
        o.version
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'organization.delete',
        'organization',
        d.id::text,
        jsonb_strip_nulls(jsonb_build_object('reason', :reason::text))
    FROM deleted AS d
)
SELECT d.version
FROM deleted AS d
