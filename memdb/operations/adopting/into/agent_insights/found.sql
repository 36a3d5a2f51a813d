-- memdb's content for these insights, including deleted ones.
SELECT
    g.number,
    jsonb_build_object(
        'type', i.type, 'title', i.title, 'content', i.content, 'confidence', i.confidence, 'importance', i.importance,
        'detected_at', i.detected_at, 'reinforced_at', i.reinforced_at, 'reinforcements', i.reinforcements, 'status', i.status,
        'created_at', i.created_at,
        'facts', (
            SELECT coalesce(jsonb_agg(s.fact_id ORDER BY s.fact_id), '[]')
            FROM memdb.insight_facts AS s
            WHERE s.org_id = :org_id
                AND s.insight_id = i.id
        ),
        'metadata', i.metadata, 'embedded', i.embedded, 'is_deleted', i.deleted_at IS NOT NULL
    )::text AS said
FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[]) WITH ORDINALITY AS g (agent_id, id, said, number)
JOIN memdb.insights AS i ON i.org_id = :org_id::memdb.tenant AND i.id = g.id
