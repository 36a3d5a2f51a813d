-- Versions of roles' prompts, renumbered from 1: Memory-Base's numbers may occur twice.
SELECT
    md5(p.id)::uuid::text AS id,
    p.id AS name,
    jsonb_build_object(
        'role', p.role_name, 'role_id', md5(p.role_name)::uuid,
        'number', row_number() OVER (PARTITION BY p.role_name ORDER BY p.version, p.created_at, p.id),
        'content', p.content, 'created_at', p.created_at
    )::text AS said,
    NULL::text AS embedding
FROM :"prompt_versions" AS p
ORDER BY
    p.role_name,
    p.version,
    p.created_at,
    p.id
