-- The items of a store, including cleared ones. Those with contents longer than a memory's are left out.
SELECT
    i.id,
    i.content,
    i.memory_type,
    i.status,
    CAST(i.metadata AS text) AS metadata,
    CAST(i.extra_json AS text) AS extra_json,
    i.created_at,
    i.updated_at,
    CAST(i.deleted AS integer) AS deleted,
    CAST(i.version AS integer) AS version
FROM :"memory_items" AS i
WHERE length(i.content) <= 8192
-- A text that is not a time sorts as text.
ORDER BY
    i.created_at,
    i.id
