-- Intentions for a user, deleted or not: those that name the user, and those made in the user's sessions.
-- not null: id
SELECT n.id
FROM memdb.intentions AS n
WHERE n.org_id = :org_id::memdb.tenant
    AND n.user_id = :user_id::uuid
UNION
SELECT n.id
FROM memdb.intentions AS n
WHERE n.org_id = :org_id
    AND n.session_id = ANY (ARRAY(SELECT s.id FROM memdb.sessions AS s WHERE s.org_id = :org_id AND s.user_id = :user_id))
LIMIT :limit::int
