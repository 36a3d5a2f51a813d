-- Sessions, with the times of their first and last messages.
SELECT
    'aa-kit/public.agent_conversations' AS namespace,
    r.session_id AS id,
    CAST(NULL AS text) AS scope,
    '- adopted' AS revision,
    '{"saved_at":' || exact(max(r.timestamp)) || ',"last":' || exact(max(r.timestamp)) || '}' AS state,
    moment(min(r.timestamp)) AS created_at,
    moment(max(r.timestamp)) AS updated_at
FROM :"memory_records" AS r
GROUP BY r.session_id
