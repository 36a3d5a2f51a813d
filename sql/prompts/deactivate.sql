-- Leaves a role without an active prompt, and returns whether it had one.
-- not null: deactivated
WITH switched AS (
    UPDATE memdb.prompts AS p
    SET
        active = NULL,
        updated_at = greatest(p.updated_at, now())
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND p.org_id = :org_id
        AND p.role_id = :role_id::uuid
        AND p.active IS NOT NULL
    RETURNING p.role_id
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'prompt.deactivate',
        'role',
        s.role_id::text,
        '{}'
    FROM switched AS s
)
SELECT EXISTS (SELECT FROM switched) AS deactivated
