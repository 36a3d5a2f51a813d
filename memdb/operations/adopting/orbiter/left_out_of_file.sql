-- Items whose contents are longer than a memory's.
SELECT
    :'memory_items' AS source_table,
    json_object('id', i.id) AS row,
    'content must have at most 8,192 characters, and has ' || length(i.content) AS reason
FROM :"memory_items" AS i
WHERE length(i.content) > 8192
ORDER BY i.id
