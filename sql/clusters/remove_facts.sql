-- Removes facts from one live cluster and returns how many of them were in it.
-- not null: removed
WITH target AS MATERIALIZED (
    SELECT c.id
    FROM memdb.clusters AS c, memdb.writers AS w
    WHERE c.org_id = :org_id::memdb.tenant
        AND c.id = :id::uuid
        AND c.deleted_at IS NULL
        AND w.org_id = :org_id
        AND w.id = c.agent_id
        AND memdb.takes_writes(w, c.agent_id)
),
held AS MATERIALIZED (
    SELECT m.fact_id
    FROM target AS t, memdb.cluster_facts AS m
    WHERE m.org_id = :org_id
        AND m.fact_id = ANY (:fact_ids::uuid[])
        AND m.cluster_id = t.id
    ORDER BY m.fact_id
    FOR UPDATE OF m
),
removed AS (
    DELETE FROM memdb.cluster_facts AS m
    WHERE m.org_id = :org_id
        AND m.fact_id = ANY (ARRAY(SELECT h.fact_id FROM held AS h))
    RETURNING m.fact_id
)
SELECT (SELECT count(*) FROM removed) AS removed
FROM target
