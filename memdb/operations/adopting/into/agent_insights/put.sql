-- Inserts missing insights, with those of their facts that exist.
WITH given AS MATERIALIZED (
    SELECT
        g.agent_id,
        g.id,
        g.embedding,
        s.*
    FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[], :embeddings::text[]) AS g (agent_id, id, said, embedding)
    CROSS JOIN LATERAL jsonb_to_record(g.said::jsonb) AS s (
        type text, title text, content text, confidence float8, importance float8, detected_at timestamptz, reinforced_at timestamptz,
        reinforcements int, status text, created_at timestamptz, facts jsonb, metadata jsonb, embedded boolean
    )
),
put AS (
    INSERT INTO memdb.insights AS i (
        org_id, id, agent_id, user_id, created_at, updated_at, detected_at, reinforced_at, confidence, importance, reinforcements, embedded,
        status, language, type, title, content, metadata
    )
    SELECT
        w.org_id,
        g.id,
        g.agent_id,
        :user_id::uuid,
        g.created_at,
        greatest(g.created_at, g.reinforced_at),
        g.detected_at,
        g.reinforced_at,
        g.confidence,
        g.importance,
        g.reinforcements,
        g.embedded,
        g.status,
        w.language,
        g.type,
        g.title,
        g.content,
        g.metadata
    FROM given AS g
    JOIN memdb.writers AS w ON w.org_id = :org_id::memdb.tenant AND w.id = g.agent_id AND memdb.takes_writes(w, g.agent_id)
    ON CONFLICT (org_id, id) DO NOTHING
    RETURNING
        i.id,
        i.agent_id
),
support AS (
    INSERT INTO memdb.insight_facts (org_id, insight_id, fact_id)
    SELECT
        f.org_id,
        p.id,
        f.id
    FROM put AS p
    JOIN given AS g ON g.id = p.id
    CROSS JOIN LATERAL jsonb_array_elements_text(g.facts) AS s (fact_id)
    JOIN memdb.facts AS f ON f.org_id = :org_id AND f.id = s.fact_id::uuid
),
embedded AS (
    INSERT INTO memdb.insight_embeddings (org_id, insight_id, agent_id, space, embedding)
    SELECT
        :org_id,
        p.id,
        p.agent_id,
        :space::smallint,
        l2_normalize(g.embedding::vector)::halfvec
    FROM put AS p
    JOIN given AS g ON g.id = p.id
    WHERE g.embedded
)
SELECT count(*) AS rows
FROM put AS p
