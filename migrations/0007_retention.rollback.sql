DROP TABLE memdb.erasures;

DROP TABLE memdb.legal_holds;

DROP INDEX memdb.memories_expiring;

DROP INDEX memdb.memories_deleted;

COMMENT ON SCHEMA memdb IS 'memdb 0006_memory_life';
