-- Removes the facts that have ended from an active cluster, and sets its centroid to the normalized mean of the others' embeddings, or to
-- none if there are none.
-- not null: size
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
outdated AS MATERIALIZED (
    SELECT t.*
    FROM target AS t, memdb.writers AS w
    WHERE w.org_id = :org_id
        AND w.id = t.agent_id
        AND memdb.takes_writes(w, t.agent_id)
        AND memdb.must(t.status = 'active', 'id', 'must be that of an active cluster, not of one that is ' || t.status)
),
ended AS MATERIALIZED (
    SELECT m.fact_id
    FROM memdb.cluster_facts AS m
    JOIN memdb.facts AS f ON f.org_id = m.org_id AND f.id = m.fact_id
    WHERE m.org_id = :org_id
        AND m.cluster_id = (SELECT o.id FROM outdated AS o)
        AND (f.status <> 'active' OR f.deleted_at IS NOT NULL)
    ORDER BY m.fact_id
    FOR UPDATE OF m
),
dropped AS (
    DELETE FROM memdb.cluster_facts AS m
    WHERE m.org_id = :org_id
        AND m.fact_id = ANY (ARRAY(SELECT e.fact_id FROM ended AS e))
),
members AS MATERIALIZED (
    SELECT m.fact_id
    FROM memdb.cluster_facts AS m
    WHERE m.org_id = :org_id
        AND m.cluster_id = (SELECT o.id FROM outdated AS o)
        AND m.fact_id <> ALL (ARRAY(SELECT e.fact_id FROM ended AS e))
),
centroid AS MATERIALIZED (
    -- In single precision, so that it is rounded only once.
    SELECT l2_normalize(avg(e.embedding::vector))::halfvec AS embedding
    FROM memdb.fact_embeddings AS e
    WHERE e.org_id = :org_id
        AND e.space = :space::smallint
        AND e.fact_id = ANY (ARRAY(SELECT m.fact_id FROM members AS m))
),
stored AS (
    INSERT INTO memdb.cluster_embeddings AS e (org_id, cluster_id, agent_id, space, embedding)
    SELECT
        :org_id,
        o.id,
        o.agent_id,
        :space,
        m.embedding
    FROM outdated AS o, centroid AS m
    ON CONFLICT (org_id, cluster_id, space) DO UPDATE SET embedding = excluded.embedding
),
refreshed AS (
    UPDATE memdb.clusters AS c
    SET refreshed_at = now()
    FROM outdated AS o
    WHERE c.org_id = :org_id
        AND c.id = o.id
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
    (SELECT count(*) FROM members) AS size,
    c.refreshed_at,
    c.metadata,
    c.version,
    c.created_at,
    c.updated_at
FROM refreshed AS c
