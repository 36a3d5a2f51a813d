-- The live insights supported by an event, newest first, from a keyset cursor.
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
    i.updated_at
FROM memdb.insight_events AS s
JOIN memdb.insights AS i ON i.org_id = s.org_id AND i.id = s.insight_id
WHERE s.org_id = :org_id::memdb.tenant
    AND s.event_id = :event_id::uuid
    AND (:agent_id::uuid IS NULL OR i.agent_id = :agent_id)
    AND (:user_id::uuid IS NULL OR i.user_id = :user_id)
    AND (:status::text IS NULL OR i.status = :status)
    AND (:type::text IS NULL OR i.type = :type)
    AND (:min_confidence::float8 IS NULL OR i.confidence >= :min_confidence)
    AND (
        :fact_id::uuid IS NULL
        OR EXISTS (
            SELECT FROM memdb.insight_facts AS f
            WHERE f.org_id = :org_id
                AND f.fact_id = :fact_id
                AND f.insight_id = s.insight_id
        )
    )
    AND i.deleted_at IS NULL
    AND (:before::uuid IS NULL OR s.insight_id < :before)
ORDER BY s.insight_id DESC
LIMIT :limit::int
