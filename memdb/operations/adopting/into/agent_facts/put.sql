-- Inserts missing facts, with the entities that they name. They are kept apart from others that say the same.
WITH given AS MATERIALIZED (
    SELECT
        g.agent_id,
        g.id,
        g.embedding,
        s.*
    FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[], :embeddings::text[]) AS g (agent_id, id, said, embedding)
    CROSS JOIN LATERAL jsonb_to_record(g.said::jsonb) AS s (
        entity text, content text, category text, confidence float8, importance float8, sensitive boolean, needs_confirmation boolean,
        valid_from timestamptz, valid_until timestamptz, ingested_at timestamptz, invalidated_at timestamptz, superseded_by uuid,
        confirmed_at timestamptz, retrieved_at timestamptz, retrievals int, corrections int, vitality float8, stale boolean, speaker text,
        context text, annotation text, entities jsonb, metadata jsonb, embedded boolean
    )
),
put AS (
    INSERT INTO memdb.facts AS f (
        org_id, id, agent_id, entity_id, session_id, user_id, superseded_by, ingested_at, invalidated_at, valid_from, valid_until,
        confirmed_at, retrieved_at, updated_at, confidence, importance, vitality, retrievals, corrections, embedded, sensitive,
        needs_confirmation, stale, status, language, category, speaker, context, content, annotation, metadata, apart
    )
    SELECT
        w.org_id,
        g.id,
        g.agent_id,
        e.id,
        m.session_id,
        :user_id::uuid,
        -- The successor may be a refused fact.
        coalesce(
            (SELECT o.id FROM given AS o WHERE o.id = g.superseded_by),
            (SELECT o.id FROM memdb.facts AS o WHERE o.org_id = :org_id AND o.id = g.superseded_by)
        ),
        g.ingested_at,
        g.invalidated_at,
        g.valid_from,
        g.valid_until,
        g.confirmed_at,
        g.retrieved_at,
        greatest(g.ingested_at, g.invalidated_at, g.confirmed_at),
        g.confidence,
        g.importance,
        g.vitality,
        g.retrievals,
        g.corrections,
        g.embedded,
        g.sensitive,
        g.needs_confirmation,
        g.stale,
        CASE WHEN g.superseded_by IS NOT NULL THEN 'superseded' WHEN g.invalidated_at IS NOT NULL THEN 'invalidated' ELSE 'active' END,
        w.language,
        g.category,
        g.speaker,
        g.context,
        g.content,
        g.annotation,
        g.metadata,
        g.id
    FROM given AS g
    JOIN memdb.writers AS w ON w.org_id = :org_id::memdb.tenant AND w.id = g.agent_id AND memdb.takes_writes(w, g.agent_id)
    CROSS JOIN LATERAL (
        SELECT e.id
        FROM memdb.entities AS e
        WHERE e.org_id = :org_id
            AND e.agent_id = g.agent_id
            AND e.key = g.entity
        ORDER BY e.deleted_at IS NOT NULL
        LIMIT 1
    ) AS e
    LEFT JOIN memdb.messages AS m ON m.org_id = :org_id AND m.id = (g.metadata ->> 'message_id')::uuid
    ON CONFLICT (org_id, id) DO NOTHING
    RETURNING
        f.id,
        f.agent_id,
        f.entity_id
),
links AS (
    INSERT INTO memdb.fact_entities (org_id, fact_id, entity_id)
    SELECT
        :org_id,
        p.id,
        p.entity_id
    FROM put AS p
    UNION
    SELECT
        :org_id,
        p.id,
        e.id
    FROM put AS p
    JOIN given AS g ON g.id = p.id
    CROSS JOIN LATERAL jsonb_array_elements_text(g.entities) AS k (key)
    JOIN memdb.entities AS e ON e.org_id = :org_id AND e.agent_id = p.agent_id AND e.key = k.key AND e.deleted_at IS NULL
),
embedded AS (
    INSERT INTO memdb.fact_embeddings (org_id, fact_id, agent_id, space, embedding)
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
