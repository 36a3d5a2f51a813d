-- How many live intentions pass the filters.
-- not null: count
SELECT count(*) AS count
FROM memdb.intentions AS n
WHERE n.org_id = :org_id::memdb.tenant
    AND memdb.must(num_nonnulls(:agent_id::uuid, :user_id::uuid) > 0, 'agent_id', 'or user_id must be given')
    AND (:agent_id IS NULL OR n.agent_id = :agent_id)
    AND (:user_id IS NULL OR n.user_id = :user_id)
    AND (:status::text IS NULL OR n.status = :status OR (:status = 'open' AND n.status IN ('pending', 'triggered')))
    AND (:trigger::text IS NULL OR n.trigger = :trigger)
    AND n.deleted_at IS NULL
