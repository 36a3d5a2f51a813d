-- Creates a cluster of an agent with some of its facts, which leave their previous clusters; or returns, unchanged, the existing one with
-- the same id, agent and label. No row means that there is no such agent, or that one of the facts does not exist.
-- not null: id, agent_id, label, type, importance, status, size, metadata, version, created_at, updated_at
WITH writer AS MATERIALIZED (
    SELECT w.id
    FROM memdb.writers AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND w.id = :agent_id::uuid
        AND memdb.takes_writes(w, :agent_id)
        AND (
            SELECT count(*) FROM memdb.facts AS f
            WHERE f.org_id = :org_id
                AND f.id = ANY (:fact_ids::uuid[])
                AND f.agent_id = :agent_id
                AND f.deleted_at IS NULL
        ) = (SELECT count(DISTINCT given.id) FROM unnest(:fact_ids) AS given (id))
),
known AS MATERIALIZED (
    SELECT c.*
    FROM writer, memdb.clusters AS c
    WHERE c.org_id = :org_id
        AND c.id = :id::uuid
        AND c.agent_id = writer.id
        AND c.label = :label::text
        AND c.deleted_at IS NULL
),
inserted AS (
    INSERT INTO memdb.clusters AS c (org_id, id, agent_id, importance, type, label, summary, metadata)
    SELECT
        :org_id,
        coalesce(:id, memdb.new_id()),
        writer.id,
        :importance::float8,
        :type::text,
        :label,
        :summary::text,
        coalesce(:metadata::jsonb, '{}')
    FROM writer
    WHERE NOT EXISTS (SELECT FROM known)
    RETURNING c.*
),
put AS MATERIALIZED (
    SELECT count(*) AS size
    FROM inserted AS i, memdb.put_into_cluster(:org_id, i.id, coalesce(:fact_ids, '{}'))
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
    (SELECT count(*) FROM memdb.cluster_facts AS f WHERE f.org_id = c.org_id AND f.cluster_id = c.id) AS size,
    c.refreshed_at,
    c.metadata,
    c.version,
    c.created_at,
    c.updated_at
FROM known AS c
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
    p.size,
    c.refreshed_at,
    c.metadata,
    c.version,
    c.created_at,
    c.updated_at
FROM inserted AS c, put AS p
