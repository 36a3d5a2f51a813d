DROP TABLE memdb.fact_entities;

DROP TABLE memdb.fact_embeddings;

DROP TABLE memdb.facts;

DROP TABLE memdb.attributes;

COMMENT ON SCHEMA memdb IS 'memdb 0018_entities';
