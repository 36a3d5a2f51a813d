-- Which of the indexes for large scopes can be used, and the planner's estimate of the number of embeddings in the space.
-- not null: embeddings, for_vectors, for_words, cells
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
    ) AS for_words,
    coalesce(
        (
            SELECT o.option_value::int
            FROM pg_index AS i
            JOIN pg_class AS c ON c.oid = i.indexrelid
            CROSS JOIN pg_options_to_table(c.reloptions) AS o
            WHERE i.indisvalid
                AND i.indexrelid = to_regclass(format('memdb.memory_embeddings_%s_cells', :space))
                AND o.option_name = 'lists'
        ),
        0
    ) AS cells
FROM pg_class AS t
WHERE t.oid = to_regclass(format('memdb.memory_embeddings_%s', :space))
