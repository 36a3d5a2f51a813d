-- The kinds of things that have embeddings.
-- not null: kind
SELECT t.kind
FROM memdb.embedding_tables AS t
ORDER BY t.kind
