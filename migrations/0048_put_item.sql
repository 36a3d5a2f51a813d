-- depends: 0047_near_cells
-- One item without parts is put in less time than as one of many, and a filter of nothing but equal values is compared once.

-- Puts an item, and removes the parts that it is no longer found by: those that are there once it is put, hence a function, whose statements see what
-- was committed meanwhile. The rest is as in put_items.
CREATE FUNCTION memdb.put_item(
    tenant uuid, of_agent uuid, of_user uuid, labels text[], of_key text, given jsonb, spelled text, lives interval
) RETURNS TABLE (created_at timestamptz, updated_at timestamptz, expires_at timestamptz)
LANGUAGE plpgsql ROWS 1 AS $$
#variable_conflict use_column
DECLARE
    fresh CONSTANT uuid := memdb.new_id();
    put_id uuid;
BEGIN
    INSERT INTO memdb.items AS i (org_id, id, agent_id, user_id, expires_at, time_to_live, namespace, key, value, letters)
    VALUES (tenant, fresh, of_agent, of_user, now() + lives, lives, labels, of_key, given, spelled)
    ON CONFLICT (org_id, path, key) DO UPDATE
        SET
            agent_id = coalesce(excluded.agent_id, i.agent_id),
            user_id = coalesce(excluded.user_id, i.user_id),
            created_at = CASE WHEN i.expires_at <= now() THEN now() ELSE i.created_at END,
            updated_at = greatest(i.updated_at, now()),
            expires_at = excluded.expires_at,
            time_to_live = excluded.time_to_live,
            value = excluded.value,
            letters = excluded.letters
    RETURNING i.id, i.created_at, i.updated_at, i.expires_at INTO put_id, created_at, updated_at, expires_at;

    IF put_id <> fresh THEN
        DELETE FROM memdb.item_parts AS p
        WHERE p.org_id = tenant
            AND p.item_id = put_id;
    END IF;

    RETURN NEXT;
END
$$;

-- What there is to compare of a filter beside its equalities (memdb.equalities_of); NULL where that is nothing.
CREATE OR REPLACE FUNCTION memdb.filter_path(filter jsonb) RETURNS jsonpath
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF NOT filter @? '$.keyvalue() ? (@.key starts with "$" || @.value.type() == "object" || @.value.type() == "array")' THEN
        RETURN NULL;
    END IF;
    RETURN memdb.predicate_of(filter)::jsonpath;
END
$$;

COMMENT ON SCHEMA memdb IS 'memdb 0048_put_item';
