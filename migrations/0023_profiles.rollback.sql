DROP FUNCTION memdb.content_of(memdb.triples);

DROP TABLE memdb.triple_embeddings;

DROP TABLE memdb.triples;

DROP FUNCTION memdb.triple_key(text);

DROP TABLE memdb.profile_versions;

DROP TABLE memdb.profiles;

DROP FUNCTION memdb.merge_patch(jsonb, jsonb);

COMMENT ON SCHEMA memdb IS 'memdb 0022_scoring';
