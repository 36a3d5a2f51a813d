-- Moves facts of an active cluster's agent into the cluster, and returns the cluster from which each came. No rows mean that the cluster or
-- one of the facts does not exist.
-- not null: fact_id
WITH target AS MATERIALIZED (
    SELECT
        c.id,
        c.agent_id,
        c.status
    FROM memdb.clusters AS c
    WHERE c.org_id = :org_id::memdb.tenant
        AND c.id = :id::uuid
        AND c.deleted_at IS NULL
    FOR NO KEY UPDATE
),
taking AS MATERIALIZED (
    SELECT t.id
    FROM target AS t, memdb.writers AS w
    WHERE w.org_id = :org_id
        AND w.id = t.agent_id
        AND memdb.takes_writes(w, t.agent_id)
        AND memdb.must(cardinality(:fact_ids::uuid[]) > 0, 'fact_ids', 'must not be empty')
        AND memdb.must(t.status = 'active', 'id', 'must be that of an active cluster, not of one that is ' || t.status)
        AND (
            SELECT count(*) FROM memdb.facts AS f
            WHERE f.org_id = :org_id
                AND f.id = ANY (:fact_ids)
                AND f.agent_id = t.agent_id
                AND f.deleted_at IS NULL
        ) = (SELECT count(DISTINCT given.id) FROM unnest(:fact_ids) AS given (id))
)
SELECT
    p.fact_id,
    p.from_cluster_id
FROM taking AS t, memdb.put_into_cluster(:org_id, t.id, :fact_ids) AS p
ORDER BY p.fact_id
