-- The live profiles in the order of their users' ids, from a keyset cursor.
SELECT
    p.user_id,
    p.document,
    p.version,
    p.created_at,
    p.updated_at
FROM memdb.profiles AS p
WHERE p.org_id = :org_id::memdb.tenant
    AND (:after::uuid IS NULL OR p.user_id > :after)
    AND p.deleted_at IS NULL
ORDER BY p.user_id
LIMIT :limit::int
