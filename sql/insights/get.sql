-- One live insight with the facts and events that support it.
-- not null: fact_ids, event_ids
SELECT
    i.id,
    i.agent_id,
    i.user_id,
    i.type,
    i.title,
    i.content,
    i.confidence,
    i.importance,
    i.reinforcements,
    i.status,
    i.embedded,
    i.metadata,
    i.version,
    i.detected_at,
    i.reinforced_at,
    i.created_at,
    i.updated_at,
    ARRAY(SELECT f.fact_id FROM memdb.insight_facts AS f WHERE f.org_id = i.org_id AND f.insight_id = i.id ORDER BY f.fact_id) AS fact_ids,
    ARRAY(SELECT e.event_id FROM memdb.insight_events AS e WHERE e.org_id = i.org_id AND e.insight_id = i.id ORDER BY e.event_id) AS event_ids
FROM memdb.insights AS i
WHERE i.org_id = :org_id::memdb.tenant
    AND i.id = :id::uuid
    AND i.deleted_at IS NULL
