-- Inserts missing intentions.
WITH given AS MATERIALIZED (
    SELECT
        g.agent_id,
        g.id,
        g.embedding,
        s.*
    FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[], :embeddings::text[]) AS g (agent_id, id, said, embedding)
    CROSS JOIN LATERAL jsonb_to_record(g.said::jsonb) AS s (
        trigger text, condition text, action text, due_at timestamptz, status text, context text, outcome text, created_at timestamptz,
        triggered_at timestamptz, ended_at timestamptz, embedded boolean
    )
),
put AS (
    INSERT INTO memdb.intentions AS i (
        org_id, id, agent_id, user_id, created_at, updated_at, due_at, triggered_at, ended_at, embedded, status, language, trigger,
        condition, action, context, outcome
    )
    SELECT
        w.org_id,
        g.id,
        g.agent_id,
        :user_id::uuid,
        g.created_at,
        greatest(g.created_at, g.triggered_at, g.ended_at),
        g.due_at,
        g.triggered_at,
        g.ended_at,
        g.embedded,
        g.status,
        w.language,
        g.trigger,
        g.condition,
        g.action,
        g.context,
        g.outcome
    FROM given AS g
    JOIN memdb.writers AS w ON w.org_id = :org_id::memdb.tenant AND w.id = g.agent_id AND memdb.takes_writes(w, g.agent_id)
    ON CONFLICT (org_id, id) DO NOTHING
    RETURNING
        i.id,
        i.agent_id
),
embedded AS (
    INSERT INTO memdb.intention_embeddings (org_id, intention_id, agent_id, space, embedding)
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
