-- Recomputes the importance of all active entities of an agent: 0.30 by the number of facts that name them, 0.25 by how recently they were
-- seen (half-life 30 days), 0.25 by how often those facts were retrieved, 0.20 by the number of their edges. Each is scaled from the
-- agent's minimum to its maximum, and is 0.5 if all are equal. Changes of less than 0.005 are not stored. No row means that there is no
-- such agent.
-- not null: seen, changed
WITH agent AS MATERIALIZED (
    SELECT w.id
    FROM memdb.writers AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND w.id = :agent_id::uuid
        AND memdb.takes_writes(w, :agent_id)
),
known AS MATERIALIZED (
    SELECT
        e.id,
        memdb.half_life_decay(memdb.days_between(e.last_seen_at, now()), 30) AS recency
    FROM agent AS a, memdb.entities AS e
    WHERE e.org_id = :org_id
        AND e.agent_id = a.id
        AND e.status = 'active'
        AND e.deleted_at IS NULL
),
named AS MATERIALIZED (
    SELECT
        l.entity_id AS id,
        count(*)::float8 AS facts,
        sum(f.retrievals)::float8 AS retrievals
    FROM memdb.facts AS f
    JOIN memdb.fact_entities AS l ON l.org_id = f.org_id AND l.fact_id = f.id
    WHERE f.org_id = :org_id
        AND f.agent_id = :agent_id
        AND f.status = 'active'
        AND f.deleted_at IS NULL
    GROUP BY l.entity_id
),
tied AS MATERIALIZED (
    SELECT
        t.id,
        count(*)::float8 AS edges
    FROM memdb.edges AS e, LATERAL (VALUES (e.source_id), (e.target_id)) AS t (id)
    WHERE e.org_id = :org_id
        AND e.agent_id = :agent_id
        AND e.invalidated_at IS NULL
    GROUP BY t.id
),
counted AS MATERIALIZED (
    SELECT
        k.id,
        k.recency,
        coalesce(n.facts, 0) AS facts,
        coalesce(n.retrievals, 0) AS retrievals,
        coalesce(t.edges, 0) AS edges
    FROM known AS k
    -- A full join is never planned as a nested loop, which a generic plan would choose because it estimates few rows for each side.
    FULL JOIN named AS n ON n.id = k.id
    FULL JOIN tied AS t ON t.id = k.id
    WHERE coalesce(k.recency, -1) >= 0
),
bounds AS MATERIALIZED (
    SELECT
        min(c.recency) AS least_recency,
        nullif(max(c.recency) - min(c.recency), 0) AS recency,
        min(c.facts) AS least_facts,
        nullif(max(c.facts) - min(c.facts), 0) AS facts,
        min(c.retrievals) AS least_retrievals,
        nullif(max(c.retrievals) - min(c.retrievals), 0) AS retrievals,
        min(c.edges) AS least_edges,
        nullif(max(c.edges) - min(c.edges), 0) AS edges
    FROM counted AS c
),
weighed AS MATERIALIZED (
    SELECT
        c.id,
        0.30 * coalesce((c.facts - b.least_facts) / b.facts, 0.5)
        + 0.25 * coalesce((c.recency - b.least_recency) / b.recency, 0.5)
        + 0.25 * coalesce((c.retrievals - b.least_retrievals) / b.retrievals, 0.5)
        + 0.20 * coalesce((c.edges - b.least_edges) / b.edges, 0.5) AS importance
    FROM counted AS c, bounds AS b
),
changed AS (
    UPDATE memdb.entities AS e
    SET importance = least(1, greatest(0, w.importance))
    FROM weighed AS w
    WHERE e.org_id = :org_id
        AND e.id = w.id
        AND e.status = 'active'
        AND abs(e.importance - w.importance) >= 0.005
    RETURNING e.id
)
SELECT
    (SELECT count(*) FROM weighed) AS seen,
    (SELECT count(*) FROM changed) AS changed
FROM agent AS a
