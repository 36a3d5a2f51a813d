-- The facts and events that support an insight, including deleted ones, in the order of their ids, from a keyset cursor.
-- not null: id, kind, content, is_current
SELECT
    s.id,
    s.kind,
    s.content,
    s.is_current
FROM (
    (
        SELECT
            f.id,
            'fact' AS kind,
            f.content,
            f.status = 'active' AND f.deleted_at IS NULL AS is_current
        FROM memdb.insight_facts AS n
        JOIN memdb.facts AS f ON f.org_id = n.org_id AND f.id = n.fact_id
        WHERE n.org_id = :org_id::memdb.tenant
            AND n.insight_id = :id::uuid
            AND (:after::uuid IS NULL OR n.fact_id > :after)
        ORDER BY n.fact_id
        LIMIT :limit::int
    )
    UNION ALL
    (
        SELECT
            e.id,
            'event',
            e.content,
            true
        FROM memdb.insight_events AS n
        JOIN memdb.events AS e ON e.org_id = n.org_id AND e.id = n.event_id
        WHERE n.org_id = :org_id
            AND n.insight_id = :id
            AND (:after IS NULL OR n.event_id > :after)
        ORDER BY n.event_id
        LIMIT :limit
    )
) AS s
ORDER BY s.id
LIMIT :limit
