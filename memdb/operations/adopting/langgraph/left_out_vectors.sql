-- Vectors of an item's content from before it was put without an index, by which the store still finds it.
SELECT
    :'store_vectors' AS source_table,
    json_build_object('prefix', v.prefix, 'key', v.key, 'field_name', v.field_name) AS row,
    'older than the item: a vector of what it said before' AS reason
FROM :"store_vectors" AS v
JOIN :"store" AS s ON s.prefix = v.prefix AND s.key = v.key
WHERE v.updated_at < s.updated_at
