-- Aliases of entities.
SELECT
    a.agent_id AS agent,
    a.id::text AS id,
    jsonb_build_object('alias', a.alias, 'key', a.canonical_entity_key, 'created_at', a.created_at)::text AS said,
    NULL::text AS embedding
FROM :"memory_entity_aliases" AS a
ORDER BY
    a.agent_id,
    a.created_at,
    a.id
