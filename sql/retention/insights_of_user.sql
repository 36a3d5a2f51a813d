-- Insights about a user, deleted or not.
SELECT i.id
FROM memdb.insights AS i
WHERE i.org_id = :org_id::memdb.tenant
    AND i.user_id = :user_id::uuid
ORDER BY i.id
LIMIT :limit::int
