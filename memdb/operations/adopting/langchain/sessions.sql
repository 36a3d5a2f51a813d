-- The sessions that have messages.
SELECT
    'langchain' AS namespace,
    m.session_id::text AS id,
    NULL::text AS scope,
    '- adopted' AS revision,
    NULL::text AS state,
    min(m.created_at)::text AS created_at,
    max(m.created_at)::text AS updated_at
FROM :"chat_history" AS m
GROUP BY m.session_id
