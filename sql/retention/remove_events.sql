-- Removes some events for good, which the caller has locked. What was learnt from them stays, without them.
-- not null: table_name, rows
WITH released AS (
    UPDATE memdb.facts AS f
    SET event_id = NULL
    WHERE f.org_id = :org_id::memdb.tenant
        AND f.event_id = ANY (:ids::uuid[])
),
insight_events AS (
    DELETE FROM memdb.insight_events AS t
    WHERE t.org_id = :org_id
        AND t.event_id = ANY (:ids)
    RETURNING t.event_id
),
event_embeddings AS (
    DELETE FROM memdb.event_embeddings AS t
    WHERE t.org_id = :org_id
        AND t.event_id = ANY (:ids)
    RETURNING t.event_id
),
events AS (
    DELETE FROM memdb.events AS t
    WHERE t.org_id = :org_id
        AND t.id = ANY (:ids)
    RETURNING t.id
)
SELECT
    'events' AS table_name,
    (SELECT count(*) FROM events) AS rows
UNION ALL
SELECT
    'event_embeddings',
    (SELECT count(*) FROM event_embeddings)
UNION ALL
SELECT
    'insight_events',
    (SELECT count(*) FROM insight_events)
