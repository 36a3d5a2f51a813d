-- Inserts missing observations.
WITH given AS MATERIALIZED (
    SELECT
        g.agent_id,
        g.id,
        g.embedding,
        s.*
    FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[], :embeddings::text[]) AS g (agent_id, id, said, embedding)
    CROSS JOIN LATERAL jsonb_to_record(g.said::jsonb) AS s (
        content text, topic text, entities text[], message_ids uuid[], observed_at timestamptz, referenced_at timestamptz,
        relative_offset text, emotion text, merged_into uuid, status text, metadata jsonb, embedded boolean
    )
),
put AS (
    INSERT INTO memdb.session_observations AS o (
        org_id, id, agent_id, user_id, merged_into, created_at, updated_at, observed_at, referenced_at, embedded, status, language, topic,
        relative_offset, emotion, content, entities, message_ids, metadata
    )
    SELECT
        w.org_id,
        g.id,
        g.agent_id,
        :user_id::uuid,
        -- The target of the merge may be a refused observation.
        coalesce(
            (SELECT t.id FROM given AS t WHERE t.id = g.merged_into),
            (SELECT t.id FROM memdb.session_observations AS t WHERE t.org_id = :org_id AND t.id = g.merged_into)
        ),
        g.observed_at,
        g.observed_at,
        g.observed_at,
        g.referenced_at,
        g.embedded,
        g.status,
        w.language,
        g.topic,
        g.relative_offset,
        g.emotion,
        g.content,
        g.entities,
        g.message_ids,
        g.metadata
    FROM given AS g
    JOIN memdb.writers AS w ON w.org_id = :org_id::memdb.tenant AND w.id = g.agent_id AND memdb.takes_writes(w, g.agent_id)
    ON CONFLICT (org_id, id) DO NOTHING
    RETURNING
        o.id,
        o.agent_id
),
embedded AS (
    INSERT INTO memdb.observation_embeddings (org_id, observation_id, agent_id, space, embedding)
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
