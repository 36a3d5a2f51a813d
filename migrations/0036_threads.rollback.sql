DROP FUNCTION memdb.writes_of_checkpoint(uuid, uuid, text, text, text[]);

DROP FUNCTION memdb.values_of_checkpoint(uuid, uuid, text, jsonb);

DROP TABLE memdb.thread_writes;

DROP TABLE memdb.thread_values;

DROP TABLE memdb.thread_checkpoints;

DROP TABLE memdb.threads;

COMMENT ON SCHEMA memdb IS 'memdb 0032_words_however_written';
