-- Inserts missing roles, with their abilities.
WITH given AS MATERIALIZED (
    SELECT
        g.id,
        s.*
    FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[], :embeddings::text[]) AS g (agent_id, id, said, embedding)
    CROSS JOIN LATERAL jsonb_to_record(g.said::jsonb) AS s (
        name text, description text, status text, default_model text, created_at timestamptz, metadata jsonb, abilities jsonb
    )
),
put AS (
    INSERT INTO memdb.roles AS r (org_id, id, created_at, updated_at, name, status, description, default_model, metadata)
    SELECT
        w.org_id,
        g.id,
        g.created_at,
        g.created_at,
        g.name,
        g.status,
        g.description,
        g.default_model,
        g.metadata
    FROM memdb.writable_organizations AS w, given AS g
    WHERE w.org_id = :org_id::memdb.tenant
    ON CONFLICT DO NOTHING
    RETURNING r.id
),
granted AS (
    INSERT INTO memdb.role_abilities (org_id, role_id, ability)
    SELECT
        :org_id,
        p.id,
        a.ability
    FROM put AS p
    JOIN given AS g ON g.id = p.id
    CROSS JOIN LATERAL jsonb_array_elements_text(g.abilities) AS a (ability)
)
SELECT count(*) AS rows
FROM put AS p
