-- Removes some triples for good, less what was not deleted before the time given, if any.
-- not null: table_name, rows
WITH doomed AS MATERIALIZED (
    SELECT t.id
    FROM memdb.triples AS t
    WHERE t.org_id = :org_id::memdb.tenant
        AND t.id = ANY (:ids::uuid[])
        AND (:before::timestamptz IS NULL OR t.deleted_at < :before)
    ORDER BY t.id
    FOR UPDATE
),
triple_embeddings AS (
    DELETE FROM memdb.triple_embeddings AS t
    WHERE t.org_id = :org_id
        AND t.triple_id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.triple_id
),
triples AS (
    DELETE FROM memdb.triples AS t
    WHERE t.org_id = :org_id
        AND t.id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.id
)
SELECT
    'triples' AS table_name,
    (SELECT count(*) FROM triples) AS rows
UNION ALL
SELECT
    'triple_embeddings',
    (SELECT count(*) FROM triple_embeddings)
