-- The kinds of rows that have embeddings of their contents.
-- not null: kind
SELECT t.kind
FROM memdb.embedding_tables AS t
WHERE t.of_content
ORDER BY t.kind
