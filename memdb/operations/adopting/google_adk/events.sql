-- Events, in the order in which ADK reads them.
SELECT
    'google-adk/' || e.app_name AS namespace,
    char_length(e.user_id) || ':' || e.user_id || ':' || e.session_id AS id,
    (row_number() OVER session)::int AS position,
    e.id AS entry_id,
    e.event_data::text AS data,
    e.timestamp || 'Z' AS created_at
FROM :"events" AS e
WINDOW session AS (PARTITION BY e.app_name, e.user_id, e.session_id ORDER BY e.timestamp, e.id)
ORDER BY
    e.app_name,
    e.user_id,
    e.session_id,
    e.timestamp,
    e.id
