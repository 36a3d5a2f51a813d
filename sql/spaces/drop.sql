-- Drops an embedding space that is not the current one, with its embeddings; for the tables' owner.
CALL memdb.close_space(:number::smallint)
