-- Inserts missing versions of roles' prompts. The newest is active, unless an older one was activated here.
WITH given AS MATERIALIZED (
    SELECT
        r.id AS role_id,
        s.number,
        s.content,
        s.created_at
    FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[], :embeddings::text[]) AS g (agent_id, id, said, embedding)
    CROSS JOIN LATERAL jsonb_to_record(g.said::jsonb) AS s (role text, role_id uuid, number int, content text, created_at timestamptz)
    CROSS JOIN LATERAL (
        SELECT r.id
        FROM memdb.roles AS r
        WHERE r.org_id = :org_id::memdb.tenant
            AND (r.id = s.role_id OR (r.name = s.role AND r.deleted_at IS NULL))
        ORDER BY r.deleted_at IS NOT NULL
        LIMIT 1
    ) AS r
),
put AS (
    INSERT INTO memdb.prompt_versions AS v (org_id, role_id, number, content, created_at)
    SELECT
        w.org_id,
        g.role_id,
        g.number,
        g.content,
        g.created_at
    FROM memdb.writable_organizations AS w, given AS g
    WHERE w.org_id = :org_id
    ON CONFLICT (org_id, role_id, number) DO NOTHING
    RETURNING
        v.role_id,
        v.number
),
newest AS (
    INSERT INTO memdb.prompts AS p (org_id, role_id, latest, active)
    SELECT
        :org_id,
        n.role_id,
        max(n.number),
        max(n.number)
    FROM put AS n
    GROUP BY n.role_id
    ON CONFLICT (org_id, role_id) DO UPDATE
        SET
            latest = greatest(p.latest, excluded.latest),
            active = CASE p.active WHEN p.latest THEN greatest(p.latest, excluded.latest) ELSE p.active END,
            updated_at = greatest(p.updated_at, now())
)
SELECT count(*) AS rows
FROM put AS p
