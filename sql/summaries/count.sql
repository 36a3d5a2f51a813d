-- How many summaries a live session has, including stale ones.
-- not null: count
SELECT count(*) AS count
FROM memdb.session_summaries AS y
WHERE y.org_id = :org_id::memdb.tenant
    AND y.session_id = :session_id::uuid
    AND (:strategy::text IS NULL OR y.strategy = :strategy)
    -- Not EXISTS, which might make the planner read all of the tenant's live sessions.
    AND (SELECT s.deleted_at IS NULL FROM memdb.sessions AS s WHERE s.org_id = :org_id AND s.id = :session_id)
