-- The documents of all collections, in the version whose ids were UUIDs next to the caller's ids.
SELECT
    ARRAY['langchain', c.name::text] AS namespace,
    coalesce(nullif(e.custom_id, ''), e.uuid::text) AS key,
    coalesce(e.cmetadata::jsonb, '{}') || jsonb_build_object('langchain.page_content', coalesce(e.document, '')) AS value,
    NULL::text AS letters,
    NULL::text AS created_at,
    NULL::text AS updated_at,
    NULL::text AS expires_at,
    NULL::text AS time_to_live,
    'langchain.page_content' AS path,
    e.document AS content,
    e.embedding
FROM :"langchain_pg_embedding" AS e
JOIN :"langchain_pg_collection" AS c ON c.uuid = e.collection_id
