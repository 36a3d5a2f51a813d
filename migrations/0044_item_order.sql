-- depends: 0043_item_pages
-- A page of one namespace goes by the index alone also where many items were put at once, which have the same time: else all of these, and what the
-- filter leaves out between them and the next that it lets through, are read for the few that are shown.

DROP INDEX memdb.items_of_namespace;

-- Only for statements that name its predicate, which is always true: by path and key, or by id, the planner might look for items here, too, and read
-- all of a namespace.
CREATE INDEX items_of_namespace ON memdb.items (org_id, path, updated_at, id) WHERE updated_at > '-infinity';

-- Few are refreshed at a time, and mostly none: with PostgreSQL's 1,000 rows a plan for all values looks so dear that one is made for each call.
ALTER FUNCTION memdb.refresh_items(uuid, uuid[]) ROWS 100;

COMMENT ON SCHEMA memdb IS 'memdb 0044_item_order';
