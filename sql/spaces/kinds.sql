-- The kinds of things that have embeddings of what they say.
-- not null: kind
SELECT t.kind
FROM memdb.embedding_tables AS t
WHERE t.of_content
ORDER BY t.kind
