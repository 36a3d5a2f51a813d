-- Makes an embedding space the current one.
UPDATE memdb.embedding_spaces AS s
SET current_since = clock_timestamp()
WHERE s.space = :space::smallint
RETURNING s.space
