DROP FUNCTION memdb.content_of(memdb.entities);

DROP FUNCTION memdb.resolve_names(uuid, uuid, text[], text[], double precision, double precision);

DROP TABLE memdb.entity_aliases;

DROP TABLE memdb.entity_embeddings;

DROP TABLE memdb.entities;

DROP FUNCTION memdb.name_similarity(text, text);

DROP FUNCTION memdb.name_trigrams(text);

DROP FUNCTION memdb.entity_key(text, text);

DROP FUNCTION memdb.entity_slug(text);

COMMENT ON SCHEMA memdb IS 'memdb 0017_events';
