-- memdb's content for these versions of roles' prompts, including those of deleted roles: by role and number.
SELECT
    g.number,
    jsonb_build_object(
        'role', r.name, 'role_id', g.said::jsonb -> 'role_id', 'number', v.number, 'content', v.content, 'created_at', v.created_at
    )::text AS said
FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[]) WITH ORDINALITY AS g (agent_id, id, said, number)
CROSS JOIN LATERAL (
    SELECT
        r.id,
        r.name
    FROM memdb.roles AS r
    WHERE r.org_id = :org_id::memdb.tenant
        AND (r.id = (g.said::jsonb ->> 'role_id')::uuid OR (r.name = g.said::jsonb ->> 'role' AND r.deleted_at IS NULL))
    ORDER BY r.deleted_at IS NOT NULL
    LIMIT 1
) AS r
JOIN memdb.prompt_versions AS v ON v.org_id = :org_id AND v.role_id = r.id AND v.number = (g.said::jsonb ->> 'number')::int
