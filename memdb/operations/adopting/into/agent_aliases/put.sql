-- Adds aliases that no entity has to entities.
WITH put AS (
    INSERT INTO memdb.entity_aliases AS a (org_id, agent_id, entity_id, created_at, key, alias)
    SELECT
        w.org_id,
        g.agent_id,
        e.id,
        s.created_at,
        memdb.entity_slug(s.alias),
        s.alias
    FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[], :embeddings::text[]) AS g (agent_id, id, said, embedding)
    CROSS JOIN LATERAL jsonb_to_record(g.said::jsonb) AS s (alias text, key text, created_at timestamptz)
    JOIN memdb.writers AS w ON w.org_id = :org_id::memdb.tenant AND w.id = g.agent_id AND memdb.takes_writes(w, g.agent_id)
    JOIN memdb.entities AS e ON e.org_id = :org_id AND e.agent_id = g.agent_id AND e.key = s.key AND e.deleted_at IS NULL
    ON CONFLICT DO NOTHING
    RETURNING a.key
)
SELECT count(*) AS rows
FROM put AS p
