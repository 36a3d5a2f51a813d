DROP TABLE memdb.event_embeddings;

DROP TABLE memdb.events;

DROP PROCEDURE memdb.add_embeddings_of(regclass, text);

COMMENT ON SCHEMA memdb IS 'memdb 0016_archive';
