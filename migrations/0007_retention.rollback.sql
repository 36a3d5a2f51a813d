DROP TABLE memdb.erasures;

DROP TABLE memdb.legal_holds;

DROP INDEX memdb.memories_of_user;

CREATE INDEX memories_of_user ON memdb.memories (org_id, user_id, id) WHERE user_id IS NOT NULL AND deleted_at IS NULL;

DROP INDEX memdb.memories_ended;

COMMENT ON SCHEMA memdb IS 'memdb 0006_memory_life';
