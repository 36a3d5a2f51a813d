-- Moves some facts of an active cluster into a new one of its agent, and returns that. No row means that the cluster does not exist.
-- not null: id, agent_id, label, type, importance, status, size, metadata, version, created_at, updated_at
WITH source AS MATERIALIZED (
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
giving AS MATERIALIZED (
    SELECT s.*
    FROM source AS s, memdb.writers AS w
    WHERE w.org_id = :org_id
        AND w.id = s.agent_id
        AND memdb.takes_writes(w, s.agent_id)
        AND memdb.must(cardinality(:fact_ids::uuid[]) > 0, 'fact_ids', 'must not be empty')
        AND memdb.must(s.status = 'active', 'id', 'must be that of an active cluster, not of one that is ' || s.status)
),
inserted AS (
    INSERT INTO memdb.clusters AS c (org_id, agent_id, importance, type, label, summary, metadata)
    SELECT
        :org_id,
        g.agent_id,
        :importance::float8,
        :type::text,
        :label::text,
        :summary::text,
        coalesce(:metadata::jsonb, '{}')
    FROM giving AS g
    RETURNING c.*
),
put AS MATERIALIZED (
    SELECT
        count(*) AS size,
        bool_and(p.from_cluster_id IS NOT DISTINCT FROM :id) AS are_of_source
    FROM inserted AS i, memdb.put_into_cluster(:org_id, i.id, :fact_ids) AS p
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
    p.size,
    c.refreshed_at,
    c.metadata,
    c.version,
    c.created_at,
    c.updated_at
FROM inserted AS c, put AS p
WHERE memdb.must(p.are_of_source, 'fact_ids', 'must be facts of the cluster')
