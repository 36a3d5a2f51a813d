DROP FUNCTION memdb.refresh_items(uuid, uuid[]);

DROP FUNCTION memdb.put_items(uuid, uuid, uuid, memdb.given_item[]);

DROP TYPE memdb.given_item;

DROP TABLE memdb.item_part_embeddings;

DROP TABLE memdb.item_parts;

DROP TABLE memdb.items;

DROP FUNCTION memdb.matches(jsonb, jsonpath);

DROP FUNCTION memdb.filter_path(jsonb);

DROP FUNCTION memdb.predicate_of(jsonb);

DROP FUNCTION memdb.condition_at(text, jsonb);

DROP FUNCTION memdb.equality_at(text, jsonb);

DROP FUNCTION memdb.namespace_fits(text[], text[], text[]);

DROP FUNCTION memdb.path_after(text[]);

DROP FUNCTION memdb.path_of(text[]);

COMMENT ON SCHEMA memdb IS 'memdb 0036_threads';
