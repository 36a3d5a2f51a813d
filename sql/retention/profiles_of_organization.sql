-- The users of the organization who have a profile, deleted or not.
SELECT p.user_id
FROM memdb.profiles AS p
WHERE p.org_id = :org_id::memdb.tenant
ORDER BY p.user_id
LIMIT :limit::int
