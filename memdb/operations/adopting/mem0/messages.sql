-- The last messages of each session.
SELECT
    'mem0/messages' AS namespace,
    m.session_scope AS id,
    CAST(row_number() OVER (PARTITION BY m.session_scope ORDER BY m.created_at, m.rowid) AS integer) AS position,
    m.id AS entry_id,
    json_object('role', m.role, 'content', m.content, 'name', m.name, 'created_at', m.created_at) AS data,
    m.created_at
FROM :"messages" AS m
ORDER BY
    m.session_scope,
    position
