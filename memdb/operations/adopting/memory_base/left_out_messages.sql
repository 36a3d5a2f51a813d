-- Messages that are blank or have an unsupported role, and archived ones that occur twice or belong to no session.
SELECT
    CASE WHEN m.is_archived THEN :'messages_archive' ELSE :'messages' END AS source_table,
    json_build_object('id', m.id) AS row,
    CASE
        WHEN m.is_twice THEN 'is adopted from ' || :'messages' || ', where it is as well'
        WHEN s.id IS NULL THEN 'session_id must be that of a session which is there, not ' || m.session_id
        WHEN m.role = 'tool' THEN 'role tool has no place without the call that it answers, which Memory-Base does not keep'
        WHEN m.role NOT IN ('system', 'developer', 'user', 'assistant')
            THEN 'role must be one of system, developer, user and assistant, not ' || m.role
        ELSE 'content must not be blank'
    END AS reason
FROM (
    SELECT
        a.id,
        a.session_id,
        a.role,
        a.content,
        true AS is_archived,
        EXISTS (SELECT FROM :"messages" AS l WHERE l.id = a.id) AS is_twice
    FROM :"messages_archive" AS a
    UNION ALL
    SELECT
        l.id,
        l.session_id,
        l.role,
        l.content,
        false,
        false
    FROM :"messages" AS l
) AS m
LEFT JOIN :"sessions" AS s ON s.id = m.session_id
WHERE m.is_twice
    OR s.id IS NULL
    OR m.role NOT IN ('system', 'developer', 'user', 'assistant')
    OR m.content !~ '\S'
ORDER BY m.id
