-- Sessions, including archived and deleted ones. They have no start time: the first message's is used.
SELECT
    s.id::text AS id,
    jsonb_build_object(
        'title', nullif(s.title, ''), 'metadata', coalesce(nullif(s.metadata, 'null'), '{}'),
        'created_at', least(s.updated_at, m.first_at), 'updated_at', s.updated_at, 'is_deleted', s.status = 4
    )::text AS said,
    NULL AS embedding
FROM :"sessions" AS s
LEFT JOIN (
    SELECT
        m.session_id,
        min(m.created_at) AS first_at
    FROM (
        SELECT l.session_id, l.created_at FROM :"messages" AS l
        UNION ALL
        SELECT a.session_id, a.created_at FROM :"messages_archive" AS a
    ) AS m
    GROUP BY m.session_id
) AS m ON m.session_id = s.id
ORDER BY
    least(s.updated_at, m.first_at),
    s.id
