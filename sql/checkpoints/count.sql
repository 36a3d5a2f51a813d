-- How many checkpoints a live session has.
-- not null: count
SELECT count(*) AS count
FROM memdb.checkpoints AS c
WHERE c.org_id = :org_id::memdb.tenant
    AND c.session_id = :session_id::uuid
    -- Not a join, which might make the planner read all of the tenant's live sessions.
    AND (SELECT s.deleted_at IS NULL FROM memdb.sessions AS s WHERE s.org_id = :org_id AND s.id = :session_id)
