-- The number of events that pass the filters.
-- not null: count
SELECT count(*) AS count
FROM memdb.events AS e
WHERE e.org_id = :org_id::memdb.tenant
    AND memdb.must(
        num_nonnulls(:agent_id::uuid, :session_id::uuid, :user_id::uuid) > 0,
        'agent_id', 'or session_id or user_id must be given'
    )
    AND (:agent_id IS NULL OR e.agent_id = :agent_id)
    AND (:session_id IS NULL OR e.session_id = :session_id)
    AND (:user_id IS NULL OR e.user_id = :user_id)
    AND (:source::text IS NULL OR e.source = :source)
    AND e.occurred_at >= coalesce(:since::timestamptz, '-infinity')
    AND e.occurred_at < coalesce(:until::timestamptz, 'infinity')
