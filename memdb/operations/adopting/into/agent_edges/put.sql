-- Inserts missing relations.
WITH put AS (
    INSERT INTO memdb.edges AS x (
        org_id, id, agent_id, source_id, target_id, fact_id, created_at, updated_at, used_at, valid_from, valid_until, invalidated_at, weight,
        type, provenance
    )
    SELECT
        w.org_id,
        g.id,
        g.agent_id,
        source.id,
        target.id,
        f.id,
        s.created_at,
        greatest(s.created_at, s.invalidated_at),
        s.used_at,
        s.valid_from,
        s.valid_until,
        s.invalidated_at,
        s.weight,
        s.type,
        s.provenance
    FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[], :embeddings::text[]) AS g (agent_id, id, said, embedding)
    CROSS JOIN LATERAL jsonb_to_record(g.said::jsonb) AS s (
        source text, target text, type text, weight float8, fact uuid, provenance text, created_at timestamptz, used_at timestamptz,
        valid_from timestamptz, valid_until timestamptz, invalidated_at timestamptz
    )
    JOIN memdb.writers AS w ON w.org_id = :org_id::memdb.tenant AND w.id = g.agent_id AND memdb.takes_writes(w, g.agent_id)
    JOIN memdb.entities AS source ON source.org_id = :org_id AND source.agent_id = g.agent_id AND source.key = s.source AND source.deleted_at IS NULL
    JOIN memdb.entities AS target ON target.org_id = :org_id AND target.agent_id = g.agent_id AND target.key = s.target AND target.deleted_at IS NULL
    LEFT JOIN memdb.facts AS f ON f.org_id = :org_id AND f.id = s.fact
    ON CONFLICT DO NOTHING
    RETURNING x.id
)
SELECT count(*) AS rows
FROM put AS p
