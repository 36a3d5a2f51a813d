-- memdb's content for these clusters, including deleted ones.
SELECT
    g.number,
    jsonb_build_object(
        'label', c.label, 'summary', c.summary, 'type', c.type, 'importance', c.importance, 'status', c.status, 'created_at', c.created_at,
        'updated_at', c.updated_at,
        'facts', (
            SELECT coalesce(jsonb_agg(m.fact_id ORDER BY m.fact_id), '[]')
            FROM memdb.cluster_facts AS m
            WHERE m.org_id = :org_id
                AND m.cluster_id = c.id
        ),
        'is_deleted', c.deleted_at IS NOT NULL
    )::text AS said
FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[]) WITH ORDINALITY AS g (agent_id, id, said, number)
JOIN memdb.clusters AS c ON c.org_id = :org_id::memdb.tenant AND c.id = g.id
