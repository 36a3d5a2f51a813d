DROP FUNCTION memdb.beginning_with(text, text);

DROP FUNCTION memdb.asks(text);

DROP FUNCTION memdb.first_person(text);

ALTER TABLE memdb.memories DROP COLUMN session_offset;

COMMENT ON SCHEMA memdb IS 'memdb 0041_database_roles';
