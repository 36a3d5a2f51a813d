-- Sessions, with the times of their first and last messages, and the time at which the last one was saved.
SELECT
    'aa-kit/public.agent_conversations' AS namespace,
    s.session_id AS id,
    CAST(NULL AS text) AS scope,
    '- adopted' AS revision,
    '{"saved_at":' || exact(s.saved_at) || ',"last":' || exact(l.timestamp) || '}' AS state,
    moment(f.timestamp) AS created_at,
    moment(s.saved_at) AS updated_at
FROM (
    SELECT
        r.session_id,
        min(r.id) AS first,
        max(r.id) AS last,
        max(r.saved_at) AS saved_at
    FROM :"conversations" AS r
    GROUP BY r.session_id
) AS s
JOIN :"conversations" AS f ON f.id = s.first
JOIN :"conversations" AS l ON l.id = s.last
