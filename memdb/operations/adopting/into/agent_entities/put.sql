-- Inserts missing entities, each of the type with which its key begins.
WITH given AS MATERIALIZED (
    SELECT
        g.agent_id,
        g.id,
        g.embedding,
        s.*
    FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[], :embeddings::text[]) AS g (agent_id, id, said, embedding)
    CROSS JOIN LATERAL jsonb_to_record(g.said::jsonb) AS s (
        key text, name text, summary text, profile text, importance float8, mentions int, first_seen_at timestamptz, last_seen_at timestamptz,
        summarised_at timestamptz, profiled_at timestamptz, created_at timestamptz, is_deleted boolean, embedded boolean
    )
),
put AS (
    INSERT INTO memdb.entities AS e (
        org_id, id, agent_id, created_at, updated_at, deleted_at, first_seen_at, last_seen_at, summarised_at, profiled_at, importance,
        mentions, embedded, type, language, key, name, summary, profile
    )
    SELECT
        w.org_id,
        g.id,
        g.agent_id,
        g.created_at,
        greatest(g.created_at, g.last_seen_at),
        CASE WHEN g.is_deleted THEN now() END,
        g.first_seen_at,
        g.last_seen_at,
        g.summarised_at,
        g.profiled_at,
        g.importance,
        g.mentions,
        g.embedded,
        split_part(g.key, ':', 1),
        w.language,
        g.key,
        g.name,
        g.summary,
        g.profile
    FROM given AS g
    JOIN memdb.writers AS w ON w.org_id = :org_id::memdb.tenant AND w.id = g.agent_id AND memdb.takes_writes(w, g.agent_id)
    ON CONFLICT DO NOTHING
    RETURNING
        e.id,
        e.agent_id
),
embedded AS (
    INSERT INTO memdb.entity_embeddings (org_id, entity_id, agent_id, space, embedding)
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
