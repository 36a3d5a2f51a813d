DROP FUNCTION memdb.put_item(uuid, uuid, uuid, text[], text, jsonb, text, interval);

CREATE OR REPLACE FUNCTION memdb.filter_path(filter jsonb) RETURNS jsonpath
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN memdb.predicate_of(filter)::jsonpath;
END
$$;

COMMENT ON SCHEMA memdb IS 'memdb 0047_near_cells';
