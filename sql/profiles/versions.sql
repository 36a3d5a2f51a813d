-- The versions of a user's profile, newest first, including deleted profiles.
SELECT
    v.version,
    v.operation,
    v.document,
    v.changed_by,
    v.changed_at
FROM memdb.profile_versions AS v
WHERE v.org_id = :org_id::memdb.tenant
    AND v.user_id = :user_id::uuid
    AND (:before::int IS NULL OR v.version < :before)
ORDER BY v.version DESC
LIMIT :limit::int
