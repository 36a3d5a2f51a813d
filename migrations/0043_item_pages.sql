-- depends: 0042_context
-- A page of one namespace reads as many items as it shows, and a filter's equalities are compared before all else of it.

-- Without the id, as items_by_update; and only for statements that name its predicate, which is always true: by path and key the planner might look
-- for items here, too, and read all of a namespace.
CREATE INDEX items_of_namespace ON memdb.items (org_id, path, updated_at) WHERE updated_at > '-infinity';

-- What a value contains that a filter lets through: an object of the fields that must be equal to something, or NULL if there are none. To look
-- for it takes a fifth of the filter's time.
CREATE FUNCTION memdb.equalities_of(filter jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
DECLARE
    found jsonb := '{}';
    given record;
BEGIN
    FOR given IN SELECT f.key, f.value FROM jsonb_each(filter) AS f LOOP
        CASE
            WHEN given.key = '$and' THEN
                SELECT coalesce(jsonb_object_agg(o.key, o.value), '{}') || found INTO found
                FROM jsonb_array_elements(given.value) AS e, jsonb_each(memdb.equalities_of(e.value)) AS o;
            WHEN given.key IN ('$or', '$not') THEN
                NULL;
            WHEN jsonb_typeof(given.value) <> 'object' THEN
                found := found || jsonb_build_object(given.key, given.value);
            WHEN given.value ? '$eq' THEN
                found := found || jsonb_build_object(given.key, given.value -> '$eq');
            ELSE
                NULL;
        END CASE;
    END LOOP;
    RETURN nullif(found, '{}');
END
$$;

-- Whether an item is live, or may have expired, and is let through by a filter, of which there may be none.
CREATE FUNCTION memdb.is_shown(item memdb.items, ended boolean, equalities jsonb, filter jsonpath) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (ended OR coalesce(item.expires_at > now(), true))
    AND coalesce(item.value @> equalities, true)
    AND coalesce(memdb.matches(item.value, filter), true);

COMMENT ON SCHEMA memdb IS 'memdb 0043_item_pages';
