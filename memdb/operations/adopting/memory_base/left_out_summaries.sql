-- Summaries that are empty, or belong to sessions without adoptable messages.
SELECT
    :'session_summaries' AS source_table,
    json_build_object('id', y.id) AS row,
    CASE
        WHEN nullif(y.summary_text, '') IS NULL AND y.summary_json IN ('null', '{}')
            THEN 'summary_text or summary_json must say something'
        ELSE 'must be of a session with messages that are adopted: it has none'
    END AS reason
FROM :"session_summaries" AS y
WHERE (nullif(y.summary_text, '') IS NULL AND y.summary_json IN ('null', '{}'))
    OR NOT EXISTS (
        SELECT
        FROM (
            SELECT l.session_id, l.role, l.content FROM :"messages" AS l
            UNION ALL
            SELECT a.session_id, a.role, a.content FROM :"messages_archive" AS a
        ) AS m
        WHERE m.session_id = y.session_id
            AND m.role IN ('system', 'developer', 'user', 'assistant')
            AND m.content ~ '\S'
    )
ORDER BY y.id
