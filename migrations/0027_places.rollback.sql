DROP FUNCTION memdb.places(uuid, uuid, integer);

COMMENT ON SCHEMA memdb IS 'memdb 0026_undoing_merges';
