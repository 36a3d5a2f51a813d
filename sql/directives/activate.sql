-- Switches an agent to one of its directive's versions.
-- not null: digest, active
WITH switched AS (
    UPDATE memdb.directives AS d
    SET
        active = :number::int,
        injection_mode = coalesce(:injection_mode::text, d.injection_mode),
        updated_at = greatest(d.updated_at, now())
    FROM memdb.writable_agents AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND w.id = :agent_id::uuid
        AND d.org_id = :org_id
        AND d.agent_id = :agent_id
    RETURNING d.*
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'directive.activate',
        'agent',
        s.agent_id::text,
        jsonb_build_object('number', s.active)
    FROM switched AS s
)
SELECT
    d.agent_id,
    v.number,
    v.content,
    encode(v.digest, 'hex') AS digest,
    d.injection_mode,
    coalesce(d.active = v.number, false) AS active,
    v.created_by,
    v.created_at
FROM switched AS d
JOIN memdb.directive_versions AS v ON v.org_id = :org_id AND v.agent_id = d.agent_id AND v.number = d.active
