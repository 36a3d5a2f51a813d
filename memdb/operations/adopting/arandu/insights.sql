-- Results of consolidation, with the facts and the messages that support them, as far as these exist.
SELECT
    o.agent_id AS agent,
    o.id::text AS id,
    jsonb_build_object(
        'type', t.type, 'title', o.title, 'content', o.text, 'confidence', o.confidence, 'importance', o.importance,
        'detected_at', o.first_detected_at, 'reinforced_at', o.last_reinforced_at, 'reinforcements', greatest(o.times_reinforced, 1),
        'status', CASE WHEN o.is_active THEN 'active' ELSE 'retired' END, 'created_at', o.created_at,
        'facts', (
            SELECT coalesce(jsonb_agg(DISTINCT f.id ORDER BY f.id), '[]')
            FROM jsonb_array_elements_text(nullif(o.supporting_fact_ids, 'null')) AS s (id)
            JOIN :"memory_facts" AS f ON f.id::text = s.id AND f.agent_id = o.agent_id
        ),
        'metadata', jsonb_strip_nulls(
            jsonb_build_object(
                'message_ids', nullif(o.supporting_event_ids, '[]'),
                'type', CASE WHEN t.type <> o.observation_type THEN o.observation_type END
            )
        ),
        'embedded', o.embedding_vec IS NOT NULL, 'is_deleted', false
    )::text AS said,
    o.embedding_vec::text AS embedding
FROM :"memory_meta_observations" AS o
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN o.observation_type IN (
                'insight', 'pattern', 'contradiction', 'trend', 'cross_entity_theme', 'behavioral_preference', 'community_theme'
            ) THEN o.observation_type
            WHEN o.observation_type = 'emotional_trend' THEN 'trend'
            ELSE 'insight'
        END AS type
) AS t
ORDER BY
    o.created_at,
    o.id
