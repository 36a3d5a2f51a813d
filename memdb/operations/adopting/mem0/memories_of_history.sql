-- The memories that have a history.
SELECT
    'mem0/history' AS namespace,
    h.memory_id AS id,
    CAST(NULL AS text) AS scope,
    '- adopted' AS revision,
    CAST(NULL AS text) AS state,
    min(h.created_at) AS created_at,
    max(coalesce(h.updated_at, h.created_at)) AS updated_at
FROM :"history" AS h
GROUP BY h.memory_id
