-- Strengthens the edges that were used, each once, and returns their number. Skips ids that are not the tenant's.
-- not null: count
WITH locked AS MATERIALIZED (
    SELECT
        e.id,
        e.agent_id
    FROM memdb.edges AS e
    WHERE e.org_id = :org_id::memdb.tenant
        AND e.id = ANY (:ids::uuid[])
    -- The order in which all statements lock edges.
    ORDER BY e.source_id, e.target_id, e.type
    FOR NO KEY UPDATE
),
used AS (
    UPDATE memdb.edges AS e
    SET
        used_at = greatest(e.used_at, now()),
        weight = least(1, e.weight + :by::float8),
        version = e.version + 1
    FROM memdb.writers AS w
    WHERE e.org_id = :org_id
        AND e.id = ANY (ARRAY(SELECT l.id FROM locked AS l))
        AND w.org_id = :org_id
        AND w.id = ANY (ARRAY(SELECT l.agent_id FROM locked AS l))
        AND w.id = e.agent_id
        AND memdb.takes_writes(w, e.agent_id)
    RETURNING e.id
)
SELECT count(*) AS count
FROM used
