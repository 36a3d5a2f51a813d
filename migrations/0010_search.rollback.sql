DROP INDEX IF EXISTS memdb.memories_words;

DROP FUNCTION memdb.recency(text, jsonb, timestamptz, timestamptz);

DROP FUNCTION memdb.index_statements(smallint);

DROP FUNCTION memdb.memories_with_words(uuid, tsquery);

DROP DOMAIN memdb.hnsw_ef_search;

DROP FUNCTION memdb.use_hnsw(integer);

DROP DOMAIN memdb.planned_for_values;

DROP FUNCTION memdb.plan_for_values(boolean);

DROP FUNCTION memdb.in_scope(memdb.memories, uuid, uuid, uuid, text, text[], jsonb, timestamptz, timestamptz, timestamptz);

COMMENT ON SCHEMA memdb IS 'memdb 0009_embeddings';
