DROP TABLE memdb.erasures;

DROP TABLE memdb.legal_holds;

DROP INDEX memdb.memories_deleted_of_user;

DROP INDEX memdb.memories_ended;

COMMENT ON SCHEMA memdb IS 'memdb 0006_memory_life';
