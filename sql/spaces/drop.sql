-- Drops an embedding space that is not the current one, with its embeddings. For the tables' owner.
CALL memdb.close_space(:number::smallint)
