-- Facts with the keys of all entities that they name; a fact that superseded another comes before it. No index supports these columns of
-- arandu's: each table is read once.
SELECT
    f.agent_id AS agent,
    f.id::text AS id,
    jsonb_build_object(
        'entity', f.entity_key, 'content', coalesce(nullif(f.fact_text, ''), f.attribute_key || ': ' || f.value_text),
        'category', nullif(f.category, ''), 'confidence', f.confidence, 'importance', f.importance, 'sensitive', f.is_sensitive,
        'needs_confirmation', f.needs_confirmation, 'valid_from', f.valid_from, 'valid_until', f.valid_to, 'ingested_at', f.ingested_at,
        'invalidated_at', CASE WHEN n.id IS NOT NULL THEN coalesce(f.invalidated_at, f.valid_to, n.created_at) ELSE f.invalidated_at END,
        'superseded_by', n.id, 'confirmed_at', f.last_confirmed_at, 'retrieved_at', f.last_retrieved_at, 'retrievals', f.times_retrieved,
        'corrections', f.user_correction_count, 'vitality', f.vitality_score, 'stale', f.is_stale, 'speaker', nullif(f.speaker, ''),
        'context', nullif(f.source_context, ''), 'annotation', nullif(f.agent_annotation, ''),
        'entities', k.keys,
        'metadata', jsonb_strip_nulls(
            jsonb_build_object(
                'message_id', f.source_event_id, 'attribute', f.attribute_key, 'value_text', f.value_text, 'ttl_days', f.ttl_days,
                'cluster_id', f.cluster_id
            )
        ) || CASE WHEN f.value_json <> 'null' THEN jsonb_build_object('value', f.value_json) ELSE '{}' END,
        'embedded', f.embedding_vec IS NOT NULL, 'is_deleted', false
    )::text AS said,
    f.embedding_vec::text AS embedding
FROM :"memory_facts" AS f
JOIN (
    SELECT
        k.fact_id,
        jsonb_agg(DISTINCT k.key) AS keys
    FROM (
        SELECT o.id AS fact_id, o.entity_key AS key FROM :"memory_facts" AS o
        UNION ALL
        SELECT l.fact_id, l.entity_key FROM :"memory_fact_entity_links" AS l
    ) AS k
    GROUP BY k.fact_id
) AS k ON k.fact_id = f.id
LEFT JOIN (
    SELECT DISTINCT ON (n.supersedes_fact_id)
        n.supersedes_fact_id,
        n.id,
        n.created_at
    FROM :"memory_facts" AS n
    WHERE n.supersedes_fact_id <> n.id
    ORDER BY n.supersedes_fact_id, n.created_at DESC, n.id
) AS n ON n.supersedes_fact_id = f.id
ORDER BY
    f.created_at DESC,
    f.supersedes_fact_id IS NULL,
    f.id
