-- The embedding spaces, oldest first.
SELECT
    s.space,
    s.dimension,
    s.model
FROM memdb.embedding_spaces AS s
ORDER BY s.space
