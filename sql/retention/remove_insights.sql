-- Removes some insights for good, with what says what supports them, less what was not deleted before the time given, if any.
-- not null: table_name, rows
WITH doomed AS MATERIALIZED (
    SELECT i.id
    FROM memdb.insights AS i
    WHERE i.org_id = :org_id::memdb.tenant
        AND i.id = ANY (:ids::uuid[])
        AND (:before::timestamptz IS NULL OR i.deleted_at < :before)
    ORDER BY i.id
    FOR UPDATE
),
insight_facts AS (
    DELETE FROM memdb.insight_facts AS t
    WHERE t.org_id = :org_id
        AND t.insight_id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.insight_id
),
insight_events AS (
    DELETE FROM memdb.insight_events AS t
    WHERE t.org_id = :org_id
        AND t.insight_id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.insight_id
),
insight_embeddings AS (
    DELETE FROM memdb.insight_embeddings AS t
    WHERE t.org_id = :org_id
        AND t.insight_id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.insight_id
),
insights AS (
    DELETE FROM memdb.insights AS t
    WHERE t.org_id = :org_id
        AND t.id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.id
)
SELECT
    'insights' AS table_name,
    (SELECT count(*) FROM insights) AS rows
UNION ALL
SELECT
    'insight_facts',
    (SELECT count(*) FROM insight_facts)
UNION ALL
SELECT
    'insight_events',
    (SELECT count(*) FROM insight_events)
UNION ALL
SELECT
    'insight_embeddings',
    (SELECT count(*) FROM insight_embeddings)
