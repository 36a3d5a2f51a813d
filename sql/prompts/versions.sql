-- The versions of a role's prompt, newest first.
-- not null: digest, active
SELECT
    p.role_id,
    v.number,
    v.content,
    encode(v.digest, 'hex') AS digest,
    coalesce(p.active = v.number, false) AS active,
    v.created_by,
    v.created_at
FROM memdb.prompts AS p
JOIN memdb.prompt_versions AS v ON v.org_id = p.org_id AND v.role_id = p.role_id
WHERE p.org_id = :org_id::memdb.tenant
    AND v.org_id = :org_id
    AND p.role_id = :role_id::uuid
    AND v.role_id = :role_id
    AND (:before::int IS NULL OR v.number < :before)
ORDER BY v.number DESC
LIMIT :limit::int
