-- memdb's content for these relations: by their ids, or by their content.
SELECT
    g.number,
    jsonb_build_object(
        'source', source.key, 'target', target.key, 'type', x.type, 'weight', x.weight, 'fact', x.fact_id, 'provenance', x.provenance,
        'created_at', x.created_at, 'used_at', x.used_at, 'valid_from', x.valid_from, 'valid_until', x.valid_until,
        'invalidated_at', x.invalidated_at
    )::text AS said
FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[]) WITH ORDINALITY AS g (agent_id, id, said, number)
JOIN memdb.entities AS source
    ON source.org_id = :org_id::memdb.tenant
    AND source.agent_id = g.agent_id
    AND source.key = g.said::jsonb ->> 'source'
    AND source.deleted_at IS NULL
JOIN memdb.entities AS target
    ON target.org_id = :org_id
    AND target.agent_id = g.agent_id
    AND target.key = g.said::jsonb ->> 'target'
    AND target.deleted_at IS NULL
JOIN memdb.edges AS x
    ON x.org_id = :org_id
    AND x.source_id = source.id
    AND x.target_id = target.id
    AND x.type = g.said::jsonb ->> 'type'
