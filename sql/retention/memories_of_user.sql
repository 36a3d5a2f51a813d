-- Memories of a user, deleted or not: each arm has its own index.
-- not null: id
SELECT m.id
FROM memdb.memories AS m
WHERE m.org_id = :org_id::memdb.tenant
    AND m.user_id = :user_id::uuid
    AND m.deleted_at IS NULL
UNION ALL
SELECT m.id
FROM memdb.memories AS m
WHERE m.org_id = :org_id
    AND m.user_id = :user_id
    AND m.deleted_at IS NOT NULL
LIMIT :limit::int
