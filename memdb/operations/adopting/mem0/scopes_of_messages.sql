-- The sessions whose last messages mem0 keeps.
SELECT
    'mem0/messages' AS namespace,
    m.session_scope AS id,
    CAST(NULL AS text) AS scope,
    '- adopted' AS revision,
    CAST(NULL AS text) AS state,
    min(m.created_at) AS created_at,
    max(m.created_at) AS updated_at
FROM :"messages" AS m
GROUP BY m.session_scope
