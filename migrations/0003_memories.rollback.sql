DROP TABLE memdb.memory_versions;

DROP TABLE memdb.memory_tags;

DROP TABLE memdb.memories;

DROP FUNCTION memdb.content_hash(text);

COMMENT ON SCHEMA memdb IS 'memdb 0002_tenancy';
