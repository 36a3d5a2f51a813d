-- A user's live profile.
SELECT
    p.user_id,
    p.document,
    p.version,
    p.created_at,
    p.updated_at
FROM memdb.profiles AS p
WHERE p.org_id = :org_id::memdb.tenant
    AND p.user_id = :user_id::uuid
    AND p.deleted_at IS NULL
