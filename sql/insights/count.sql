-- How many live insights pass the filters.
-- not null: count
SELECT count(*) AS count
FROM memdb.insights AS i
WHERE i.org_id = :org_id::memdb.tenant
    AND memdb.must(
        num_nonnulls(:agent_id::uuid, :user_id::uuid, :fact_id::uuid, :event_id::uuid) > 0,
        'agent_id', 'or user_id, fact_id or event_id must be given'
    )
    AND (:agent_id IS NULL OR i.agent_id = :agent_id)
    AND (:user_id IS NULL OR i.user_id = :user_id)
    AND (
        :fact_id IS NULL
        OR i.id = ANY (ARRAY(SELECT s.insight_id FROM memdb.insight_facts AS s WHERE s.org_id = :org_id AND s.fact_id = :fact_id))
    )
    AND (
        :event_id IS NULL
        OR i.id = ANY (ARRAY(SELECT s.insight_id FROM memdb.insight_events AS s WHERE s.org_id = :org_id AND s.event_id = :event_id))
    )
    AND (:status::text IS NULL OR i.status = :status)
    AND (:type::text IS NULL OR i.type = :type)
    AND (:min_confidence::float8 IS NULL OR i.confidence >= :min_confidence)
    AND i.deleted_at IS NULL
