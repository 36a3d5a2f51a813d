-- The memories of a collection, or the entities that mem0 has found in them. Their searchable words are in their payload.
-- A collection has the table's name, without its schema.
SELECT
    ARRAY['mem0', regexp_replace(:'memories', '^.*\.', '')] AS namespace,
    m.id::text AS key,
    coalesce(m.payload, '{}') AS value,
    NULL::text AS letters,
    m.payload ->> 'created_at' AS created_at,
    coalesce(m.payload ->> 'updated_at', m.payload ->> 'created_at') AS updated_at,
    NULL::text AS expires_at,
    NULL::text AS time_to_live,
    '' AS path,
    coalesce(nullif(m.payload ->> 'text_lemmatized', ''), m.payload ->> 'data', '') AS content,
    m.vector AS embedding
FROM :"memories" AS m
