-- Restores one deleted agent, which counts toward the quota again.
WITH restored AS (
    UPDATE memdb.agents AS a
    SET
        deleted_at = NULL,
        updated_at = greatest(a.updated_at, now()),
        version = memdb.next_version(a.version, :expected_version::int)
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND a.org_id = :org_id
        AND a.id = :id::uuid
        AND a.deleted_at IS NOT NULL
    RETURNING
        a.*,
        w.agent_quota
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'agent.restore',
        'agent',
        r.id::text,
        '{}'
    FROM restored AS r
)
SELECT
    a.id,
    a.slug,
    a.name,
    a.status,
    a.created_by,
    a.config,
    a.metadata,
    a.tags,
    a.version,
    a.created_at,
    a.updated_at
FROM restored AS a
WHERE memdb.take_quota(:org_id, 'agents', '-infinity', a.agent_quota, 1)
