-- Events about a user: those that name the user, and those of the user's sessions.
-- not null: id
SELECT e.id
FROM memdb.events AS e
WHERE e.org_id = :org_id::memdb.tenant
    AND e.user_id = :user_id::uuid
UNION
SELECT e.id
FROM memdb.events AS e
WHERE e.org_id = :org_id
    AND e.session_id = ANY (ARRAY(SELECT s.id FROM memdb.sessions AS s WHERE s.org_id = :org_id AND s.user_id = :user_id))
LIMIT :limit::int
