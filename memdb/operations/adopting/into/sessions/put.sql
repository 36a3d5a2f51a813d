-- Inserts missing sessions of an agent. A deleted one ended at the time of its last change.
WITH put AS (
    INSERT INTO memdb.sessions AS s (org_id, id, agent_id, user_id, title, metadata, created_at, updated_at, active_at, deleted_at)
    SELECT
        w.org_id,
        g.id,
        w.id,
        :user_id::uuid,
        r.title,
        r.metadata,
        r.created_at,
        r.updated_at,
        r.updated_at,
        CASE WHEN r.is_deleted THEN r.updated_at END
    FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[], :embeddings::text[]) AS g (agent_id, id, said, embedding)
    CROSS JOIN LATERAL jsonb_to_record(g.said::jsonb) AS r (
        title text, metadata jsonb, created_at timestamptz, updated_at timestamptz, is_deleted boolean
    )
    JOIN memdb.writers AS w ON w.org_id = :org_id::memdb.tenant AND w.id = g.agent_id AND memdb.takes_writes(w, g.agent_id)
    ON CONFLICT (org_id, id) DO NOTHING
    RETURNING s.id
)
SELECT count(*) AS rows
FROM put AS p
