DROP FUNCTION memdb.is_shown(memdb.items, boolean, jsonb, jsonpath);

DROP FUNCTION memdb.equalities_of(jsonb);

DROP INDEX memdb.items_of_namespace;

COMMENT ON SCHEMA memdb IS 'memdb 0042_context';
