-- A live role's active prompt.
-- not null: digest, active
SELECT
    p.role_id,
    v.number,
    v.content,
    encode(v.digest, 'hex') AS digest,
    true AS active,
    v.created_by,
    v.created_at
FROM memdb.roles AS r
JOIN memdb.prompts AS p ON p.org_id = r.org_id AND p.role_id = r.id
JOIN memdb.prompt_versions AS v ON v.org_id = p.org_id AND v.role_id = p.role_id AND v.number = p.active
WHERE r.org_id = :org_id::memdb.tenant
    AND p.org_id = :org_id
    AND v.org_id = :org_id
    AND r.id = :role_id::uuid
    AND r.deleted_at IS NULL
