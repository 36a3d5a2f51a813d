-- An agent's active directive.
-- not null: digest, active
SELECT
    d.agent_id,
    v.number,
    v.content,
    encode(v.digest, 'hex') AS digest,
    d.injection_mode,
    coalesce(d.active = v.number, false) AS active,
    v.created_by,
    v.created_at
FROM memdb.directives AS d
JOIN memdb.directive_versions AS v ON v.org_id = d.org_id AND v.agent_id = d.agent_id AND v.number = d.active
WHERE d.org_id = :org_id::memdb.tenant
    AND v.org_id = :org_id
    AND d.agent_id = :agent_id::uuid
