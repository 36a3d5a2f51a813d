-- The events of a live session, last one first, from a keyset cursor.
SELECT
    e.session_id,
    e.number,
    e.id,
    e.kind,
    e.data,
    e.created_at
FROM memdb.session_events AS e
WHERE e.org_id = :org_id::memdb.tenant
    AND e.session_id = :session_id::uuid
    AND e.number < :before::int
    -- Not a join, which might make the planner read all of the tenant's live sessions.
    AND (SELECT s.deleted_at IS NULL FROM memdb.sessions AS s WHERE s.org_id = :org_id AND s.id = :session_id)
ORDER BY e.number DESC
LIMIT :limit::int
