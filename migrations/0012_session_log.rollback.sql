DROP TABLE memdb.session_events;

DROP TABLE memdb.checkpoints;

COMMENT ON SCHEMA memdb IS 'memdb 0011_conversations';
