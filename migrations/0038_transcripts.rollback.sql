DROP FUNCTION memdb.pop_entry(uuid, uuid, boolean);

DROP TABLE memdb.transcript_entries;

DROP TABLE memdb.transcripts;

COMMENT ON SCHEMA memdb IS 'memdb 0037_items';
