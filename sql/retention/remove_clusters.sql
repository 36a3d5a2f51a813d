-- Removes some clusters for good, less what was not deleted before the time given, if any. Their facts stay, in no cluster; and what was merged into
-- them, without them.
-- not null: table_name, rows
WITH locked AS MATERIALIZED (
    SELECT
        c.id,
        c.deleted_at
    FROM memdb.clusters AS c
    WHERE c.org_id = :org_id::memdb.tenant
        AND c.id = ANY (:ids::uuid[] || ARRAY(SELECT m.id FROM memdb.clusters AS m WHERE m.org_id = :org_id AND m.merged_into = ANY (:ids)))
    ORDER BY c.id
    FOR UPDATE
),
doomed AS MATERIALIZED (
    SELECT l.id
    FROM locked AS l
    WHERE l.id = ANY (:ids)
        AND (:before::timestamptz IS NULL OR l.deleted_at < :before)
),
unlinked AS (
    UPDATE memdb.clusters AS c
    SET merged_into = NULL
    WHERE c.org_id = :org_id
        AND c.merged_into = ANY (ARRAY(SELECT d.id FROM doomed AS d))
        AND c.id <> ALL (ARRAY(SELECT d.id FROM doomed AS d))
),
cluster_facts AS (
    DELETE FROM memdb.cluster_facts AS t
    WHERE t.org_id = :org_id
        AND t.cluster_id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.fact_id
),
cluster_embeddings AS (
    DELETE FROM memdb.cluster_embeddings AS t
    WHERE t.org_id = :org_id
        AND t.cluster_id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.cluster_id
),
clusters AS (
    DELETE FROM memdb.clusters AS t
    WHERE t.org_id = :org_id
        AND t.id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.id
)
SELECT
    'clusters' AS table_name,
    (SELECT count(*) FROM clusters) AS rows
UNION ALL
SELECT
    'cluster_facts',
    (SELECT count(*) FROM cluster_facts)
UNION ALL
SELECT
    'cluster_embeddings',
    (SELECT count(*) FROM cluster_embeddings)
