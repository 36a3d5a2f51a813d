-- The items of sessions, in the order in which the SDK reads them.
SELECT
    'openai-agents' AS namespace,
    m.session_id AS id,
    CAST(row_number() OVER (PARTITION BY m.session_id ORDER BY m.created_at, m.id) AS integer) AS position,
    CAST(NULL AS text) AS entry_id,
    m.message_data AS data,
    m.created_at || 'Z' AS created_at
FROM :"agent_messages" AS m
ORDER BY
    m.session_id,
    m.created_at,
    m.id
