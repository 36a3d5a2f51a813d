-- Observations about a user, deleted or not: those that name the user, and those made in the user's sessions.
-- not null: id
SELECT o.id
FROM memdb.session_observations AS o
WHERE o.org_id = :org_id::memdb.tenant
    AND o.user_id = :user_id::uuid
UNION
SELECT o.id
FROM memdb.session_observations AS o
WHERE o.org_id = :org_id
    AND o.session_id = ANY (ARRAY(SELECT s.id FROM memdb.sessions AS s WHERE s.org_id = :org_id AND s.user_id = :user_id))
LIMIT :limit::int
