DROP TABLE memdb.entity_aliases;

DROP TABLE memdb.entity_embeddings;

DROP TABLE memdb.entities;

COMMENT ON SCHEMA memdb IS 'memdb 0017_events';
