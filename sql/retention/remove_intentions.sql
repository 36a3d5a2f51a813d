-- Removes some intentions for good, less what was not deleted before the time given, if any.
-- not null: table_name, rows
WITH doomed AS MATERIALIZED (
    SELECT n.id
    FROM memdb.intentions AS n
    WHERE n.org_id = :org_id::memdb.tenant
        AND n.id = ANY (:ids::uuid[])
        AND (:before::timestamptz IS NULL OR n.deleted_at < :before)
    ORDER BY n.id
    FOR UPDATE
),
intention_embeddings AS (
    DELETE FROM memdb.intention_embeddings AS t
    WHERE t.org_id = :org_id
        AND t.intention_id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.intention_id
),
intentions AS (
    DELETE FROM memdb.intentions AS t
    WHERE t.org_id = :org_id
        AND t.id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.id
)
SELECT
    'intentions' AS table_name,
    (SELECT count(*) FROM intentions) AS rows
UNION ALL
SELECT
    'intention_embeddings',
    (SELECT count(*) FROM intention_embeddings)
