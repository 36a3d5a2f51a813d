-- Inserts missing clusters, with those of their facts that exist and are in no other cluster.
WITH given AS MATERIALIZED (
    SELECT
        g.agent_id,
        g.id,
        s.*
    FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[], :embeddings::text[]) AS g (agent_id, id, said, embedding)
    CROSS JOIN LATERAL jsonb_to_record(g.said::jsonb) AS s (
        label text, summary text, type text, importance float8, status text, created_at timestamptz, updated_at timestamptz, facts jsonb
    )
),
put AS (
    INSERT INTO memdb.clusters AS c (org_id, id, agent_id, created_at, updated_at, importance, status, type, label, summary)
    SELECT
        w.org_id,
        g.id,
        g.agent_id,
        g.created_at,
        g.updated_at,
        g.importance,
        g.status,
        g.type,
        g.label,
        g.summary
    FROM given AS g
    JOIN memdb.writers AS w ON w.org_id = :org_id::memdb.tenant AND w.id = g.agent_id AND memdb.takes_writes(w, g.agent_id)
    ON CONFLICT (org_id, id) DO NOTHING
    RETURNING
        c.id,
        c.agent_id
),
members AS (
    INSERT INTO memdb.cluster_facts (org_id, fact_id, cluster_id)
    SELECT
        f.org_id,
        f.id,
        p.id
    FROM put AS p
    JOIN given AS g ON g.id = p.id
    CROSS JOIN LATERAL jsonb_array_elements_text(g.facts) AS m (fact_id)
    JOIN memdb.facts AS f ON f.org_id = :org_id AND f.id = m.fact_id::uuid AND f.agent_id = p.agent_id
    ORDER BY f.id
    ON CONFLICT (org_id, fact_id) DO NOTHING
)
SELECT count(*) AS rows
FROM put AS p
