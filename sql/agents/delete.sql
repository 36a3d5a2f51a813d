-- Soft-deletes one live agent and returns its new version. It takes no writes from then on, and its slug is free.
WITH deleted AS (
    UPDATE memdb.agents AS a
    SET
        deleted_at = now(),
        updated_at = greatest(a.updated_at, now()),
        version = memdb.next_version(a.version, :expected_version::int)
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND a.org_id = :org_id
        AND a.id = :id::uuid
        AND a.deleted_at IS NULL
    RETURNING
        a.id,
        a.version,
        w.agent_quota
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'agent.delete',
        'agent',
        d.id::text,
        '{}'
    FROM deleted AS d
)
SELECT d.version
FROM deleted AS d
WHERE memdb.take_quota(:org_id, 'agents', '-infinity', d.agent_quota, -1)
