-- Leaves an agent without an active directive, and returns whether it had one.
-- not null: deactivated
WITH switched AS (
    UPDATE memdb.directives AS d
    SET
        active = NULL,
        updated_at = greatest(d.updated_at, now())
    FROM memdb.writers AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND w.id = :agent_id::uuid
        AND memdb.takes_writes(w, :agent_id)
        AND d.org_id = :org_id
        AND d.agent_id = :agent_id
        AND d.active IS NOT NULL
    RETURNING d.agent_id
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'directive.deactivate',
        'agent',
        s.agent_id::text,
        '{}'
    FROM switched AS s
)
SELECT EXISTS (SELECT FROM switched) AS deactivated
