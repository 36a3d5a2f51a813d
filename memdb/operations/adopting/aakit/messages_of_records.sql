-- The messages of sessions, sorted by time, each with its place as the id under which it is indexed.
SELECT
    'aa-kit/public.agent_conversations' AS namespace,
    r.session_id AS id,
    r.position,
    CAST(NULL AS text) AS entry_id,
    '{"id":"' || r.position || '","role":' || json_quote(r.role) || ',"content":' || json_quote(r.content)
    || ',"timestamp":' || exact(r.timestamp)
    || CASE WHEN coalesce(r.metadata, '{}') <> '{}' THEN ',"metadata":' || r.metadata ELSE '' END
    || '}' AS data,
    moment(r.timestamp) AS created_at
FROM (
    SELECT
        r.*,
        CAST(row_number() OVER (PARTITION BY r.session_id ORDER BY r.timestamp, r.id) AS integer) AS position
    FROM :"memory_records" AS r
) AS r
ORDER BY
    r.session_id,
    r.position
