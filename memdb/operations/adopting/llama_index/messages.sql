-- The messages of each key.
SELECT
    'llama-index/' || regexp_replace(:'chatstore', '^.*\.', '') AS namespace,
    c.key AS id,
    m.place::int AS position,
    NULL::text AS entry_id,
    m.message::text AS data,
    NULL::text AS created_at
FROM :"chatstore" AS c
CROSS JOIN LATERAL unnest(c.value) WITH ORDINALITY AS m (message, place)
ORDER BY
    c.key,
    m.place
