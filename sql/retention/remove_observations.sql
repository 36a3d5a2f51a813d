-- Removes some observations for good, less what was not deleted before the time given, if any. What was merged into them stays, without them.
-- not null: table_name, rows
WITH locked AS MATERIALIZED (
    SELECT
        o.id,
        o.deleted_at
    FROM memdb.session_observations AS o
    WHERE o.org_id = :org_id::memdb.tenant
        AND (o.id = ANY (:ids::uuid[]) OR o.merged_into = ANY (:ids))
    ORDER BY o.id
    FOR UPDATE
),
doomed AS MATERIALIZED (
    SELECT l.id
    FROM locked AS l
    WHERE l.id = ANY (:ids)
        AND (:before::timestamptz IS NULL OR l.deleted_at < :before)
),
unlinked AS (
    UPDATE memdb.session_observations AS o
    SET merged_into = NULL
    WHERE o.org_id = :org_id
        AND o.merged_into = ANY (ARRAY(SELECT d.id FROM doomed AS d))
        AND o.id <> ALL (ARRAY(SELECT d.id FROM doomed AS d))
),
observation_embeddings AS (
    DELETE FROM memdb.observation_embeddings AS t
    WHERE t.org_id = :org_id
        AND t.observation_id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.observation_id
),
session_observations AS (
    DELETE FROM memdb.session_observations AS t
    WHERE t.org_id = :org_id
        AND t.id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.id
)
SELECT
    'session_observations' AS table_name,
    (SELECT count(*) FROM session_observations) AS rows
UNION ALL
SELECT
    'observation_embeddings',
    (SELECT count(*) FROM observation_embeddings)
