-- memdb's content for these aliases.
SELECT
    g.number,
    jsonb_build_object('alias', a.alias, 'key', e.key, 'created_at', a.created_at)::text AS said
FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[]) WITH ORDINALITY AS g (agent_id, id, said, number)
JOIN memdb.entity_aliases AS a
    ON a.org_id = :org_id::memdb.tenant
    AND a.agent_id = g.agent_id
    AND a.key = memdb.entity_slug(g.said::jsonb ->> 'alias')
JOIN memdb.entities AS e ON e.org_id = :org_id AND e.id = a.entity_id
