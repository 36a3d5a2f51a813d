DROP TABLE memdb.edges;

COMMENT ON SCHEMA memdb IS 'memdb 0019_facts';
