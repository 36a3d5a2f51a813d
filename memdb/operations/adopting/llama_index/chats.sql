-- The keys of a chat store.
SELECT
    'llama-index/' || regexp_replace(:'chatstore', '^.*\.', '') AS namespace,
    c.key AS id,
    NULL::text AS scope,
    '- adopted' AS revision,
    NULL::text AS state,
    NULL::text AS created_at,
    NULL::text AS updated_at
FROM :"chatstore" AS c
