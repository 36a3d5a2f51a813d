-- The items of a store.
SELECT
    string_to_array(s.prefix, '.') AS namespace,
    s.key,
    s.value,
    NULL::text AS letters,
    s.created_at::text AS created_at,
    s.updated_at::text AS updated_at,
    s.expires_at::text AS expires_at,
    -- Minutes are stored as integers: less than one becomes none.
    CASE
        WHEN s.expires_at IS NULL THEN NULL
        WHEN s.ttl_minutes > 0 THEN s.ttl_minutes * interval '1 minute'
        ELSE greatest(s.expires_at - s.updated_at, interval '1 second')
    END::text AS time_to_live,
    NULL::text AS path,
    NULL::text AS content,
    NULL::real[] AS embedding
FROM :"store" AS s
