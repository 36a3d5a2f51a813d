-- Makes one version of an agent's directive the active one. No row means that there is no such version.
-- not null: digest, active
WITH switched AS (
    UPDATE memdb.directives AS d
    SET
        active = v.number,
        injection_mode = coalesce(:injection_mode::text, d.injection_mode),
        updated_at = greatest(d.updated_at, now())
    FROM memdb.writers AS w, memdb.directive_versions AS v
    WHERE w.org_id = :org_id::memdb.tenant
        AND w.id = :agent_id::uuid
        AND memdb.takes_writes(w, :agent_id)
        AND d.org_id = :org_id
        AND d.agent_id = :agent_id
        AND v.org_id = :org_id
        AND v.agent_id = :agent_id
        AND v.number = :number::int
    RETURNING
        d.agent_id,
        d.injection_mode,
        v.number,
        v.content,
        v.digest,
        v.created_by,
        v.created_at
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'directive.activate',
        'agent',
        s.agent_id::text,
        jsonb_build_object('number', s.number)
    FROM switched AS s
)
SELECT
    d.agent_id,
    d.number,
    d.content,
    encode(d.digest, 'hex') AS digest,
    d.injection_mode,
    true AS active,
    d.created_by,
    d.created_at
FROM switched AS d
