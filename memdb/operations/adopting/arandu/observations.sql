-- Observations of sessions: the targets of merges come before the merged ones. Message ids that are not arandu's stay in the metadata.
SELECT
    o.agent_id AS agent,
    o.id::text AS id,
    jsonb_build_object(
        'content', o.content, 'topic', nullif(o.topic, ''),
        'entities', (
            SELECT coalesce(jsonb_agg(DISTINCT e.name), '[]') FROM jsonb_array_elements_text(nullif(o.entities_mentioned, 'null')) AS e (name)
        ),
        'message_ids', coalesce(m.ids, '[]'),
        'observed_at', o.created_at, 'referenced_at', o.referenced_at, 'relative_offset', nullif(o.relative_offset, ''),
        'emotion', nullif(o.emotion_label, ''), 'merged_into', t.id,
        'status', CASE WHEN t.id IS NOT NULL THEN 'merged' WHEN o.is_active THEN 'active' ELSE 'dismissed' END,
        'metadata', jsonb_strip_nulls(jsonb_build_object('source_message_ids', m.others)),
        'embedded', o.embedding_vec IS NOT NULL, 'is_deleted', false
    )::text AS said,
    o.embedding_vec::text AS embedding
FROM :"session_observations" AS o
LEFT JOIN :"session_observations" AS t ON t.id = o.merged_into_id AND t.id <> o.id AND t.agent_id = o.agent_id
CROSS JOIN LATERAL (
    SELECT
        jsonb_agg(DISTINCT s.id::uuid ORDER BY s.id::uuid) FILTER (WHERE s.is_ours) AS ids,
        jsonb_agg(DISTINCT s.id) FILTER (WHERE NOT s.is_ours) AS others
    FROM (
        SELECT
            s.id,
            s.id ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' AS is_ours
        FROM jsonb_array_elements_text(nullif(o.source_message_ids, 'null')) AS s (id)
    ) AS s
) AS m
ORDER BY
    t.id IS NOT NULL,
    o.created_at DESC,
    o.id
