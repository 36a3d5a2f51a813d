-- memdb's content for these roles, including deleted ones: by their ids, or by the name of a live one.
SELECT
    g.number,
    jsonb_build_object(
        'name', r.name, 'description', r.description, 'status', r.status, 'default_model', r.default_model, 'created_at', r.created_at,
        'is_deleted', r.deleted_at IS NOT NULL, 'metadata', r.metadata,
        'abilities', (
            SELECT coalesce(jsonb_agg(a.ability ORDER BY a.ability), '[]')
            FROM memdb.role_abilities AS a
            WHERE a.org_id = :org_id
                AND a.role_id = r.id
        )
    )::text AS said
FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[]) WITH ORDINALITY AS g (agent_id, id, said, number)
CROSS JOIN LATERAL (
    SELECT r.*
    FROM memdb.roles AS r
    WHERE r.org_id = :org_id::memdb.tenant
        AND (r.id = g.id OR (r.name = g.said::jsonb ->> 'name' AND r.deleted_at IS NULL))
    ORDER BY r.id <> g.id
    LIMIT 1
) AS r
