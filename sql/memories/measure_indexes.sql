-- Which of the indexes for large scopes can be used, and how many embeddings the space has, as the planner knows it.
-- not null: embeddings, for_vectors, for_words
SELECT
    greatest(t.reltuples, 0)::bigint AS embeddings,
    EXISTS (
        SELECT FROM pg_index AS i
        WHERE i.indisvalid
            AND i.indexrelid = to_regclass(format('memdb.memory_embeddings_%s_hnsw', :space::smallint))
    ) AS for_vectors,
    EXISTS (
        SELECT FROM pg_index AS i
        WHERE i.indisvalid
            AND i.indexrelid = to_regclass('memdb.memories_words')
    ) AS for_words
FROM pg_class AS t
WHERE t.oid = to_regclass(format('memdb.memory_embeddings_%s', :space))
