-- Sessions, each with its own state.
SELECT
    'google-adk/' || s.app_name AS namespace,
    char_length(s.user_id) || ':' || s.user_id || ':' || s.id AS id,
    s.user_id AS scope,
    extract(epoch FROM s.update_time AT TIME ZONE 'UTC')::float8 || ' adopted' AS revision,
    s.state::text AS state,
    s.create_time || 'Z' AS created_at,
    s.update_time || 'Z' AS updated_at
FROM :"sessions" AS s
