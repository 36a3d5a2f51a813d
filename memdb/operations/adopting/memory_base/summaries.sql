-- Non-empty summaries of sessions with adoptable messages.
SELECT
    y.id::text AS id,
    jsonb_build_object(
        'session', y.session_id, 'strategy', y.strategy, 'strategy_version', nullif(y.strategy_version, ''),
        'content', nullif(y.summary_text, ''), 'structured', coalesce(nullif(y.summary_json, 'null'), '{}'), 'created_at', y.created_at,
        'is_deleted', s.status = 4
    )::text AS said,
    NULL AS embedding
FROM :"session_summaries" AS y
JOIN :"sessions" AS s ON s.id = y.session_id
WHERE (nullif(y.summary_text, '') IS NOT NULL OR y.summary_json NOT IN ('null', '{}'))
    AND EXISTS (
        SELECT
        FROM (
            SELECT l.session_id, l.role, l.content FROM :"messages" AS l
            UNION ALL
            SELECT a.session_id, a.role, a.content FROM :"messages_archive" AS a
        ) AS m
        WHERE m.session_id = y.session_id
            AND m.role IN ('system', 'developer', 'user', 'assistant')
            AND m.content ~ '\S'
    )
ORDER BY
    y.created_at,
    y.id
