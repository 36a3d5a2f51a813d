-- The messages of sessions, archived ones first, sorted by time; at the same time, in the order in which they were written.
SELECT
    m.id::text AS id,
    jsonb_build_object(
        'session', m.session_id, 'role', m.role, 'content', m.content, 'name', NULL, 'model', nullif(m.model, ''), 'sent_at', m.created_at,
        'metadata', '{}'::jsonb, 'is_deleted', s.status = 4, 'embedded', m.embedding IS NOT NULL
    )::text AS said,
    m.embedding::text AS embedding
FROM (
    SELECT
        a.id,
        a.session_id,
        a.role,
        a.content,
        NULL AS model,
        NULL AS embedding,
        a.created_at,
        0 AS place,
        a.ctid AS written
    FROM :"messages_archive" AS a
    WHERE NOT EXISTS (SELECT FROM :"messages" AS l WHERE l.id = a.id)
    UNION ALL
    SELECT
        l.id,
        l.session_id,
        l.role,
        l.content,
        l.model,
        l.embedding,
        l.created_at,
        1,
        l.ctid
    FROM :"messages" AS l
) AS m
JOIN :"sessions" AS s ON s.id = m.session_id
WHERE m.role IN ('system', 'developer', 'user', 'assistant')
    AND m.content ~ '\S'
ORDER BY
    m.session_id,
    m.created_at,
    m.place,
    m.written
