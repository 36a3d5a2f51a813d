-- Renames the model of an embedding space.
UPDATE memdb.embedding_spaces AS s
SET model = :model::text
WHERE s.space = :space::smallint
RETURNING s.space
