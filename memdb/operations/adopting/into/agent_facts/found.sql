-- memdb's content for these facts, including deleted ones.
SELECT
    g.number,
    jsonb_build_object(
        'entity', e.key, 'content', f.content, 'category', f.category, 'confidence', f.confidence, 'importance', f.importance,
        'sensitive', f.sensitive, 'needs_confirmation', f.needs_confirmation, 'valid_from', f.valid_from, 'valid_until', f.valid_until,
        'ingested_at', f.ingested_at, 'invalidated_at', f.invalidated_at, 'superseded_by', f.superseded_by, 'confirmed_at', f.confirmed_at,
        'retrieved_at', f.retrieved_at, 'retrievals', f.retrievals, 'corrections', f.corrections, 'vitality', f.vitality, 'stale', f.stale,
        'speaker', f.speaker, 'context', f.context, 'annotation', f.annotation,
        'entities', (
            SELECT jsonb_agg(DISTINCT n.key)
            FROM memdb.fact_entities AS l
            JOIN memdb.entities AS n ON n.org_id = :org_id AND n.id = l.entity_id
            WHERE l.org_id = :org_id
                AND l.fact_id = f.id
        ),
        'metadata', f.metadata, 'embedded', f.embedded, 'is_deleted', f.deleted_at IS NOT NULL
    )::text AS said
FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[]) WITH ORDINALITY AS g (agent_id, id, said, number)
JOIN memdb.facts AS f ON f.org_id = :org_id::memdb.tenant AND f.id = g.id
JOIN memdb.entities AS e ON e.org_id = :org_id AND e.id = f.entity_id
