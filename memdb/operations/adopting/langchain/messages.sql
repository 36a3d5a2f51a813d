-- The messages of sessions.
SELECT
    'langchain' AS namespace,
    m.session_id::text AS id,
    (row_number() OVER (PARTITION BY m.session_id ORDER BY m.id))::int AS position,
    NULL::text AS entry_id,
    m.message::text AS data,
    m.created_at::text AS created_at
FROM :"chat_history" AS m
ORDER BY
    m.session_id,
    m.id
