-- Facts learnt of a user, deleted or not: those that name the user, and those learnt in the user's sessions or of the user's events.
-- not null: id
WITH conversations AS MATERIALIZED (
    SELECT s.id
    FROM memdb.sessions AS s
    WHERE s.org_id = :org_id::memdb.tenant
        AND s.user_id = :user_id::uuid
)
SELECT f.id
FROM memdb.facts AS f
WHERE f.org_id = :org_id
    AND f.user_id = :user_id
UNION
SELECT f.id
FROM memdb.facts AS f
WHERE f.org_id = :org_id
    AND f.session_id = ANY (ARRAY(SELECT c.id FROM conversations AS c))
UNION
SELECT f.id
FROM memdb.facts AS f
WHERE f.org_id = :org_id
    AND f.event_id = ANY (
        ARRAY(
            SELECT e.id FROM memdb.events AS e
            WHERE e.org_id = :org_id
                AND e.user_id = :user_id
            UNION
            SELECT e.id FROM memdb.events AS e
            WHERE e.org_id = :org_id
                AND e.session_id = ANY (ARRAY(SELECT c.id FROM conversations AS c))
        )
    )
LIMIT :limit::int
