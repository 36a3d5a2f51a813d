ALTER FUNCTION memdb.refresh_items(uuid, uuid[]) ROWS 1000;

DROP INDEX memdb.items_of_namespace;

CREATE INDEX items_of_namespace ON memdb.items (org_id, path, updated_at) WHERE updated_at > '-infinity';

COMMENT ON SCHEMA memdb IS 'memdb 0043_item_pages';
