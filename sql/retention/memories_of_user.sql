-- Memories of a user, deleted or not.
SELECT m.id
FROM memdb.memories AS m
WHERE m.org_id = :org_id::memdb.tenant
    AND m.user_id = :user_id::uuid
ORDER BY m.id
LIMIT :limit::int
