-- Removes some facts for good, less what was not deleted before the time given, if any. What they took the place of stays, without them; so do
-- the edges that they were the evidence of.
-- not null: table_name, rows
WITH locked AS MATERIALIZED (
    SELECT
        f.id,
        f.deleted_at
    FROM memdb.facts AS f
    WHERE f.org_id = :org_id::memdb.tenant
        AND (f.id = ANY (:ids::uuid[]) OR f.superseded_by = ANY (:ids))
    ORDER BY f.id
    FOR UPDATE
),
doomed AS MATERIALIZED (
    SELECT l.id
    FROM locked AS l
    WHERE l.id = ANY (:ids)
        AND (:before::timestamptz IS NULL OR l.deleted_at < :before)
),
unlinked AS (
    UPDATE memdb.facts AS f
    SET superseded_by = NULL
    WHERE f.org_id = :org_id
        AND f.superseded_by = ANY (ARRAY(SELECT d.id FROM doomed AS d))
        AND f.id <> ALL (ARRAY(SELECT d.id FROM doomed AS d))
),
fact_embeddings AS (
    DELETE FROM memdb.fact_embeddings AS t
    WHERE t.org_id = :org_id
        AND t.fact_id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.fact_id
),
fact_entities AS (
    DELETE FROM memdb.fact_entities AS t
    WHERE t.org_id = :org_id
        AND t.fact_id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.fact_id
),
cluster_facts AS (
    DELETE FROM memdb.cluster_facts AS t
    WHERE t.org_id = :org_id
        AND t.fact_id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.fact_id
),
insight_facts AS (
    DELETE FROM memdb.insight_facts AS t
    WHERE t.org_id = :org_id
        AND t.fact_id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.fact_id
),
facts AS (
    DELETE FROM memdb.facts AS t
    WHERE t.org_id = :org_id
        AND t.id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.id
)
SELECT
    'facts' AS table_name,
    (SELECT count(*) FROM facts) AS rows
UNION ALL
SELECT
    'fact_embeddings',
    (SELECT count(*) FROM fact_embeddings)
UNION ALL
SELECT
    'fact_entities',
    (SELECT count(*) FROM fact_entities)
UNION ALL
SELECT
    'cluster_facts',
    (SELECT count(*) FROM cluster_facts)
UNION ALL
SELECT
    'insight_facts',
    (SELECT count(*) FROM insight_facts)
