-- Roles with their abilities. Memory-Base identifies them by name, from which the id is made.
SELECT
    md5(r.name)::uuid::text AS id,
    r.name,
    jsonb_build_object(
        'name', r.name, 'description', nullif(r.description, ''), 'status', CASE r.status WHEN 'enabled' THEN 'enabled' ELSE 'disabled' END,
        'default_model', nullif(r.default_model, ''), 'created_at', r.created_at, 'is_deleted', false,
        'metadata', CASE WHEN r.status IN ('enabled', 'disabled') THEN '{}' ELSE jsonb_build_object('status', r.status) END,
        'abilities', (
            SELECT coalesce(jsonb_agg(a.ability_id ORDER BY a.ability_id COLLATE "C"), '[]')
            FROM :"role_abilities" AS a
            WHERE a.role_name = r.name
        )
    )::text AS said,
    NULL::text AS embedding
FROM :"employee_roles" AS r
ORDER BY
    r.created_at,
    r.name
