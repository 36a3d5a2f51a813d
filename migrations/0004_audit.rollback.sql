DROP AGGREGATE memdb.chained (bytea, bytea);

DROP FUNCTION memdb.chain_step(bytea, bytea, bytea);

DROP FUNCTION memdb.next_link(bytea, bytea);

DROP FUNCTION memdb.entry_digest(memdb.audit_log);

DROP TABLE memdb.audit_heads;

DROP TABLE memdb.audit_log;

DROP PROCEDURE memdb.isolate(regclass);

COMMENT ON SCHEMA memdb IS 'memdb 0003_memories';
