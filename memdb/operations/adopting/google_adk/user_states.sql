-- The states of users, one item for each key.
SELECT
    ARRAY['google-adk', s.app_name::text, 'user', s.user_id::text] AS namespace,
    k.key,
    k.value,
    k.value::text AS letters,
    NULL::text AS created_at,
    s.update_time || 'Z' AS updated_at,
    NULL::text AS expires_at,
    NULL::text AS time_to_live,
    NULL::text AS path,
    NULL::text AS content,
    NULL::real[] AS embedding
FROM :"user_states" AS s
CROSS JOIN LATERAL jsonb_each(s.state::jsonb) AS k
