-- Says what the model of an embedding space is called.
UPDATE memdb.embedding_spaces AS s
SET model = :model::text
WHERE s.space = :space::smallint
RETURNING s.space
