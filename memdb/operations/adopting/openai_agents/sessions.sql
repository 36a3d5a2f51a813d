-- Sessions. Their times have no time zone, and are taken to be in UTC.
SELECT
    'openai-agents' AS namespace,
    s.session_id AS id,
    CAST(NULL AS text) AS scope,
    '- adopted' AS revision,
    CAST(NULL AS text) AS state,
    s.created_at || 'Z' AS created_at,
    s.updated_at || 'Z' AS updated_at
FROM :"agent_sessions" AS s
