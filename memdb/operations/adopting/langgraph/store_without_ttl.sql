-- The items of a store in the version without times to live.
SELECT
    string_to_array(s.prefix, '.') AS namespace,
    s.key,
    s.value,
    NULL::text AS letters,
    s.created_at::text AS created_at,
    s.updated_at::text AS updated_at,
    NULL::text AS expires_at,
    NULL::text AS time_to_live,
    NULL::text AS path,
    NULL::text AS content,
    NULL::real[] AS embedding
FROM :"store" AS s
