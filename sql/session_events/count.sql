-- How many events a live session has.
-- not null: count
SELECT count(*) AS count
FROM memdb.session_events AS e
WHERE e.org_id = :org_id::memdb.tenant
    AND e.session_id = :session_id::uuid
    -- Not a join, which might make the planner read all of the tenant's live sessions.
    AND (SELECT s.deleted_at IS NULL FROM memdb.sessions AS s WHERE s.org_id = :org_id AND s.id = :session_id)
