-- The messages to agents, in order, with the speaker of their facts.
SELECT
    e.agent_id AS agent,
    e.id::text AS id,
    jsonb_build_object(
        'session', e.session_id, 'role', 'user', 'content', e.text, 'name', s.speaker, 'model', NULL,
        'sent_at', e.occurred_at,
        'metadata', jsonb_strip_nulls(
            jsonb_build_object(
                'source', e.source, 'importance', nullif(e.importance, 0.5), 'emotion', e.emotion_primary, 'intensity', e.emotion_intensity,
                'energy', e.energy_level, 'trace', CASE WHEN octet_length(e.trace_json::text) <= 6000 THEN e.trace_json END
            )
        ),
        'is_deleted', false, 'embedded', e.embedding_vec IS NOT NULL
    )::text AS said,
    e.embedding_vec::text AS embedding
FROM :"memory_events" AS e
LEFT JOIN (
    SELECT
        f.source_event_id,
        min(nullif(f.speaker, '')) AS speaker
    FROM :"memory_facts" AS f
    GROUP BY f.source_event_id
) AS s ON s.source_event_id = e.id
ORDER BY
    e.agent_id,
    e.session_id,
    e.occurred_at,
    e.created_at,
    e.id
