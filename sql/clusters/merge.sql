-- Merges an agent's active clusters into another of its active ones, which gets their facts. Clusters that had been merged into them become
-- merged into it, so that every chain has one link. Clusters already merged into it stay unchanged; if all are, so does the target. The
-- agent is locked, so that no concurrent merge holds clusters that this one finds merged meanwhile; then the clusters, in the order of
-- their ids. No row means that one of them does not exist; then nothing changes.
-- not null: id, agent_id, label, type, importance, status, size, metadata, version, created_at, updated_at
WITH agent AS MATERIALIZED (
    SELECT a.id
    FROM memdb.agents AS a
    WHERE a.org_id = :org_id::memdb.tenant
        AND a.id = (SELECT c.agent_id FROM memdb.clusters AS c WHERE c.org_id = :org_id AND c.id = :into_id::uuid)
    FOR NO KEY UPDATE
),
locked AS MATERIALIZED (
    SELECT c.*
    FROM memdb.clusters AS c
    WHERE c.org_id = :org_id
        AND c.id = ANY (:ids::uuid[] || :into_id)
        AND (SELECT count(*) FROM agent) = 1
        AND c.deleted_at IS NULL
    ORDER BY c.id
    FOR NO KEY UPDATE
),
unmerged AS MATERIALIZED (
    SELECT l.id
    FROM locked AS l
    WHERE l.id <> :into_id
        AND l.merged_into IS DISTINCT FROM :into_id
),
target AS MATERIALIZED (
    SELECT l.*
    FROM locked AS l, memdb.writers AS w
    WHERE l.id = :into_id
        AND w.org_id = :org_id
        AND w.id = l.agent_id
        AND memdb.takes_writes(w, l.agent_id)
        AND (SELECT count(*) FROM locked) = (SELECT count(DISTINCT named.id) FROM unnest(:ids || :into_id) AS named (id))
        AND memdb.must(cardinality(:ids) > 0, 'ids', 'must not be empty')
        AND memdb.must(:into_id <> ALL (:ids), 'into_id', 'must be another cluster')
        AND memdb.must(
            NOT EXISTS (SELECT FROM locked AS other WHERE other.agent_id <> l.agent_id),
            'ids', 'must be clusters of the same agent as into_id'
        )
        AND memdb.must(
            l.status = 'active' OR NOT EXISTS (SELECT FROM unmerged),
            'into_id', 'must be an active cluster, not one that is ' || l.status
        )
),
merged AS (
    UPDATE memdb.clusters AS c
    SET
        status = memdb.next_cluster_status(c.status, 'merged'),
        merged_into = t.id,
        updated_at = greatest(c.updated_at, now()),
        version = c.version + 1
    FROM target AS t
    WHERE c.org_id = :org_id
        AND c.id = ANY (ARRAY(SELECT u.id FROM unmerged AS u))
    RETURNING c.id
),
grown AS (
    UPDATE memdb.clusters AS c
    SET
        updated_at = greatest(c.updated_at, now()),
        version = memdb.next_version(c.version, :expected_version::int)
    FROM target AS t
    WHERE c.org_id = :org_id
        AND c.id = t.id
        AND EXISTS (SELECT FROM merged)
    RETURNING c.*
)
SELECT
    c.id,
    c.agent_id,
    c.label,
    c.summary,
    c.type,
    c.importance,
    c.status,
    c.merged_into,
    memdb.take_over_clusters(:org_id, ARRAY(SELECT u.id FROM unmerged AS u), c.id) AS size,
    c.refreshed_at,
    c.metadata,
    c.version,
    c.created_at,
    c.updated_at
FROM grown AS c
UNION ALL
SELECT
    c.id,
    c.agent_id,
    c.label,
    c.summary,
    c.type,
    c.importance,
    c.status,
    c.merged_into,
    (SELECT count(*) FROM memdb.cluster_facts AS f WHERE f.org_id = c.org_id AND f.cluster_id = c.id) AS size,
    c.refreshed_at,
    c.metadata,
    c.version,
    c.created_at,
    c.updated_at
FROM target AS c
WHERE NOT EXISTS (SELECT FROM merged)
