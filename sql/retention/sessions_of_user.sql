-- Sessions of a user, deleted or not.
SELECT s.id
FROM memdb.sessions AS s
WHERE s.org_id = :org_id::memdb.tenant
    AND s.user_id = :user_id::uuid
ORDER BY s.active_at, s.id
LIMIT :limit::int
