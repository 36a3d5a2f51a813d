-- Makes one version of a role's prompt the active one. No row means that there is no such version.
-- not null: digest, active
WITH switched AS (
    UPDATE memdb.prompts AS p
    SET
        active = v.number,
        updated_at = greatest(p.updated_at, now())
    FROM memdb.writable_organizations AS w, memdb.roles AS r, memdb.prompt_versions AS v
    WHERE w.org_id = :org_id::memdb.tenant
        AND r.org_id = :org_id
        AND r.id = :role_id::uuid
        AND r.deleted_at IS NULL
        AND p.org_id = :org_id
        AND p.role_id = :role_id
        AND v.org_id = :org_id
        AND v.role_id = :role_id
        AND v.number = :number::int
    RETURNING
        p.role_id,
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
        'prompt.activate',
        'role',
        s.role_id::text,
        jsonb_build_object('number', s.number)
    FROM switched AS s
)
SELECT
    s.role_id,
    s.number,
    s.content,
    encode(s.digest, 'hex') AS digest,
    true AS active,
    s.created_by,
    s.created_at
FROM switched AS s
