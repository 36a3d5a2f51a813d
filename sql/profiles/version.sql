-- One version of a user's profile, including deleted profiles.
SELECT
    v.version,
    v.operation,
    v.document,
    v.changed_by,
    v.changed_at
FROM memdb.profile_versions AS v
WHERE v.org_id = :org_id::memdb.tenant
    AND v.user_id = :user_id::uuid
    AND v.version = :version::int
