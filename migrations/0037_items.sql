-- depends: 0036_threads
-- Items: any JSON value under a namespace and a key, for as long as it is wanted, found by what it holds and by what its parts say.

-- A namespace as one text: the order of these texts is that of the namespaces label by label, and one namespace is in another if its text begins
-- with the other's. Each label ends with two characters U+0001, which no label has: there a U+0002 comes after each.
CREATE FUNCTION memdb.path_of(labels text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    IF labels = '{}' THEN
        RETURN repeat(chr(1), 2);
    END IF;
    -- Hardly ever: else this is no query of its own, which would take ten times as long.
    IF strpos(array_to_string(labels, ''), chr(1)) > 0 THEN
        labels := ARRAY(
            SELECT replace(l.label, chr(1), chr(1) || chr(2)) FROM unnest(labels) WITH ORDINALITY AS l (label, place) ORDER BY l.place
        );
    END IF;
    RETURN repeat(chr(1), 2) || array_to_string(labels, repeat(chr(1), 2)) || repeat(chr(1), 2);
END
$$;

-- What is greater than the path of whatever is in a namespace, and not greater than any other path behind it.
CREATE FUNCTION memdb.path_after(labels text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    RETURN left(memdb.path_of(labels), -1) || chr(2);
END
$$;

-- Whether a namespace begins and ends with these labels, of which * is any.
CREATE FUNCTION memdb.namespace_fits(namespace text[], prefix text[], suffix text[]) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    RETURN cardinality(namespace) >= greatest(cardinality(prefix), cardinality(suffix))
        AND NOT EXISTS (
            SELECT FROM unnest(prefix) WITH ORDINALITY AS l (label, place)
            WHERE l.label NOT IN ('*', namespace[l.place])
        )
        AND NOT EXISTS (
            SELECT FROM unnest(suffix) WITH ORDINALITY AS l (label, place)
            WHERE l.label NOT IN ('*', namespace[cardinality(namespace) - cardinality(suffix) + l.place])
        );
END
$$;

-- The predicate that there is this value at a place of a JSON document.
CREATE FUNCTION memdb.equality_at(place text, wanted jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
DECLARE
    type CONSTANT text := jsonb_typeof(wanted);
    parts text[] := ARRAY[format('%s.type() == "%s"', place, type)];
BEGIN
    CASE type
        WHEN 'null' THEN
            NULL;
        WHEN 'array' THEN
            parts := parts || format('%s.size() == %s', place, jsonb_array_length(wanted)) || ARRAY(
                SELECT memdb.equality_at(format('%s[%s]', place, e.number - 1), e.value)
                FROM jsonb_array_elements(wanted) WITH ORDINALITY AS e (value, number)
            );
        WHEN 'object' THEN
            parts := parts || ARRAY(
                SELECT memdb.equality_at(format('%s.%s', place, to_json(e.key)), e.value) FROM jsonb_each(wanted) AS e
            ) || format(
                '!exists(%s.keyvalue() ? (%s))',
                place,
                coalesce((SELECT string_agg(format('@.key != %s', to_json(k.key)), ' && ') FROM jsonb_object_keys(wanted) AS k (key)), '1 == 1')
            );
        ELSE
            parts := parts || format('%s == %s', place, wanted);
    END CASE;
    RETURN format('(%s)', array_to_string(parts, ' && '));
END
$$;

-- The predicate that a condition of a filter makes of what is at a place of a JSON document. What is missing meets only `$exists`: false, and what
-- is negated. Numbers are greater than numbers, and texts than texts, byte by byte; nothing else is greater or less. A text
-- contains a text, and a list what one of its elements is equal to.
CREATE FUNCTION memdb.condition_at(place text, condition jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    IF jsonb_typeof(condition) <> 'object' THEN
        RETURN memdb.equality_at(place, condition);
    END IF;
    PERFORM memdb.must(
        CASE c.operator
            WHEN '$exists' THEN jsonb_typeof(c.operand) = 'boolean'
            WHEN '$in' THEN jsonb_typeof(c.operand) = 'array'
            WHEN '$nin' THEN jsonb_typeof(c.operand) = 'array'
            WHEN '$contains' THEN jsonb_typeof(c.operand) NOT IN ('array', 'object')
            WHEN '$icontains' THEN jsonb_typeof(c.operand) = 'string'
            ELSE c.operator IN ('$eq', '$ne', '$not')
                OR (c.operator IN ('$gt', '$gte', '$lt', '$lte') AND jsonb_typeof(c.operand) IN ('number', 'string'))
        END,
        'filter',
        'must have operators and what they take in the object for a field: to be equal to an object is {"$eq": {...}}'
    )
    FROM jsonb_each(condition) AS c (operator, operand);
    RETURN coalesce(
        (
            SELECT string_agg(
                CASE c.operator
                    WHEN '$eq' THEN memdb.equality_at(place, c.operand)
                    WHEN '$ne' THEN format('(exists(%s) && !%s)', place, memdb.equality_at(place, c.operand))
                    WHEN '$exists' THEN format('(%sexists(%s))', CASE WHEN c.operand::boolean THEN '' ELSE '!' END, place)
                    WHEN '$not' THEN format('!(%s)', memdb.condition_at(place, c.operand))
                    WHEN '$in' THEN format('(%s)', coalesce(e.equalities, '1 == 0'))
                    WHEN '$nin' THEN format('(exists(%s) && !(%s))', place, coalesce(e.equalities, '1 == 0'))
                    WHEN '$contains' THEN format(
                        '((%1$s.type() == "array" && exists(%1$s[*] ? (%2$s)))%3$s)',
                        place,
                        memdb.equality_at('@', c.operand),
                        CASE jsonb_typeof(c.operand)
                            WHEN 'string' THEN format(' || (%1$s.type() == "string" && %1$s like_regex %2$s flag "q")', place, c.operand)
                        END
                    )
                    WHEN '$icontains' THEN format('(%1$s.type() == "string" && %1$s like_regex %2$s flag "iq")', place, c.operand)
                    ELSE format(
                        '(%1$s.type() == "%2$s" && %1$s %3$s %4$s)',
                        place,
                        jsonb_typeof(c.operand),
                        CASE c.operator WHEN '$gt' THEN '>' WHEN '$gte' THEN '>=' WHEN '$lt' THEN '<' WHEN '$lte' THEN '<=' END,
                        c.operand
                    )
                END,
                ' && '
            )
            FROM jsonb_each(condition) AS c (operator, operand)
            CROSS JOIN LATERAL (
                SELECT string_agg(memdb.equality_at(place, e.value), ' || ') AS equalities
                FROM jsonb_array_elements(CASE WHEN c.operator IN ('$in', '$nin') THEN c.operand ELSE '[]' END) AS e
            ) AS e
        ),
        '1 == 1'
    );
END
$$;

-- The predicate that a filter makes of an object: all of its conditions on fields, each a value to be equal to or an object of operators, and what
-- `$and`, `$or` and `$not` make of filters. What is no filter is refused before it comes here.
CREATE FUNCTION memdb.predicate_of(filter jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    RETURN coalesce(
        (
            SELECT string_agg(
                CASE c.field
                    WHEN '$and' THEN format('(%s)', coalesce(f.all_of, '1 == 1'))
                    WHEN '$or' THEN format('(%s)', coalesce(f.any_of, '1 == 0'))
                    WHEN '$not' THEN format('!(%s)', memdb.predicate_of(c.condition))
                    ELSE format('(%s)', memdb.condition_at(format('$.%s', to_json(c.field)), c.condition))
                END,
                ' && '
            )
            FROM jsonb_each(filter) AS c (field, condition)
            CROSS JOIN LATERAL (
                SELECT
                    string_agg(format('(%s)', memdb.predicate_of(e.value)), ' && ') AS all_of,
                    string_agg(format('(%s)', memdb.predicate_of(e.value)), ' || ') AS any_of
                FROM jsonb_array_elements(CASE WHEN c.field IN ('$and', '$or') THEN c.condition ELSE '[]' END) AS e
            ) AS f
        ),
        '1 == 1'
    );
END
$$;

-- A filter as what PostgreSQL compares with each row by itself, in a hundredth of the time that a function over both takes.
CREATE FUNCTION memdb.filter_path(filter jsonb) RETURNS jsonpath
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    RETURN memdb.predicate_of(filter)::jsonpath;
END
$$;

-- Whether a value is let through by a filter. What is no object has no fields. Its argument stands once in it: so PostgreSQL puts it in its place.
CREATE FUNCTION memdb.matches(item jsonb, filter jsonpath) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE jsonb_typeof(item) WHEN 'object' THEN item ELSE '{}' END @@ filter;

-- `value` is what filters see. Where that is not all, as in jsonb there is no NaN and no order of keys, the JSON text as it was put is in `letters`.
CREATE TABLE memdb.items (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    agent_id uuid,
    user_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    time_to_live interval,
    path text COLLATE "C" NOT NULL GENERATED ALWAYS AS (memdb.path_of(namespace)) STORED,
    key text COLLATE "C" NOT NULL,
    namespace text[] NOT NULL,
    value jsonb NOT NULL,
    letters text,
    CONSTRAINT items_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT items_namespace_size CHECK (array_position(namespace, NULL) IS NULL AND octet_length(path) <= 1024),
    CONSTRAINT items_key_size CHECK (octet_length(key) <= 1024),
    CONSTRAINT items_time_to_live_positive CHECK (time_to_live > '0' AND (time_to_live IS NULL) = (expires_at IS NULL)),
    CONSTRAINT items_value_size CHECK (octet_length(value::text) <= 16777216),
    CONSTRAINT items_letters_size CHECK (octet_length(letters) <= 16777216)
);

-- What an item is found by: texts of its value, each with the path in the value that it comes from. They are replaced with the value.
CREATE TABLE memdb.item_parts (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    item_id uuid NOT NULL,
    search tsvector NOT NULL GENERATED ALWAYS AS (memdb.words(language, content)) STORED,
    language text NOT NULL DEFAULT 'english',
    path text NOT NULL,
    content text NOT NULL,
    CONSTRAINT item_parts_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT item_parts_path_size CHECK (octet_length(path) <= 1024),
    CONSTRAINT item_parts_content_length CHECK (char_length(content) <= 100000)
);

-- As for memories: a search by words reads the lexemes of every row of its scope.
ALTER TABLE memdb.item_parts ALTER COLUMN search SET STORAGE MAIN;

DO $$
BEGIN
    EXECUTE format(
        'CREATE TABLE memdb.item_part_embeddings (
            org_id uuid NOT NULL,
            item_part_id uuid NOT NULL,
            item_id uuid NOT NULL,
            space smallint NOT NULL,
            embedding %I.halfvec,
            CONSTRAINT item_part_embeddings_pkey PRIMARY KEY (org_id, item_part_id, space)
        ) PARTITION BY LIST (space)',
        (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'vector')
    );
END
$$;

ALTER TABLE memdb.item_part_embeddings ALTER COLUMN embedding SET STORAGE PLAIN;

CREATE INDEX item_part_embeddings_of_item ON memdb.item_part_embeddings (org_id, item_id);

DO $$
DECLARE
    existing memdb.embedding_spaces;
BEGIN
    FOR existing IN SELECT s.* FROM memdb.embedding_spaces AS s LOOP
        CALL memdb.add_space_to('memdb.item_part_embeddings', existing.space, existing.dimension);
    END LOOP;
END
$$;

-- Statistics to begin with, as in 0003_memories.
INSERT INTO memdb.items (org_id, id, agent_id, user_id, updated_at, expires_at, time_to_live, namespace, key, value)
SELECT
    md5('organization ' || i)::uuid,
    md5('item ' || i)::uuid,
    CASE WHEN i % 2 = 0 THEN md5('agent ' || i % 10)::uuid END,
    CASE WHEN i % 2 = 0 THEN md5('user ' || i % 100)::uuid END,
    now() - i * interval '1 minute',
    CASE WHEN i % 10 = 1 THEN now() + i * interval '1 minute' END,
    CASE WHEN i % 10 = 1 THEN interval '1 day' END,
    ARRAY['namespace ' || i % 10, 'user ' || i % 100],
    'key ' || i,
    jsonb_build_object('number', i)
FROM generate_series(0, 1999) AS i;

INSERT INTO memdb.item_parts (org_id, id, item_id, path, content)
SELECT
    i.org_id,
    i.id,
    i.id,
    '$',
    i.key
FROM memdb.items AS i;

INSERT INTO memdb.item_part_embeddings (org_id, item_part_id, item_id, space)
SELECT
    p.org_id,
    p.id,
    p.item_id,
    (SELECT min(s.space) FROM memdb.embedding_spaces AS s)
FROM memdb.item_parts AS p;

CREATE UNIQUE INDEX items_key_unique ON memdb.items (org_id, path, key);

-- Without the id, by which the planner might look for items here.
CREATE INDEX items_by_update ON memdb.items (org_id, updated_at);

CREATE INDEX items_expiring ON memdb.items (org_id, expires_at) WHERE expires_at IS NOT NULL;

CREATE INDEX items_of_agent ON memdb.items (org_id, agent_id) WHERE agent_id IS NOT NULL;

CREATE INDEX items_of_user ON memdb.items (org_id, user_id) WHERE user_id IS NOT NULL;

CREATE INDEX item_parts_of_item ON memdb.item_parts (org_id, item_id);

ALTER TABLE memdb.items ALTER COLUMN org_id SET (n_distinct = 1);

ALTER TABLE memdb.item_parts ALTER COLUMN org_id SET (n_distinct = 1);

-- Of each space's part: by the inherited number nobody plans.
DO $$
DECLARE
    part regclass;
BEGIN
    FOR part IN SELECT i.inhrelid FROM pg_inherits AS i WHERE i.inhparent = 'memdb.item_part_embeddings'::regclass LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN org_id SET (n_distinct = 1)', part);
        EXECUTE format('ANALYZE %s', part);
        EXECUTE format('ALTER TABLE %s ALTER COLUMN org_id RESET (n_distinct)', part);
    END LOOP;
END
$$;

ANALYZE memdb.items, memdb.item_parts;

ALTER TABLE memdb.items ALTER COLUMN org_id RESET (n_distinct);

ALTER TABLE memdb.item_parts ALTER COLUMN org_id RESET (n_distinct);

TRUNCATE memdb.items, memdb.item_parts, memdb.item_part_embeddings;

ALTER TABLE memdb.items
    ADD CONSTRAINT items_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations (id),
    ADD CONSTRAINT items_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    ADD CONSTRAINT items_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id);

ALTER TABLE memdb.item_parts
    ADD CONSTRAINT item_parts_item_exists FOREIGN KEY (org_id, item_id) REFERENCES memdb.items (org_id, id) ON DELETE CASCADE;

ALTER TABLE memdb.item_part_embeddings
    ADD CONSTRAINT item_part_embeddings_item_part_exists
    FOREIGN KEY (org_id, item_part_id) REFERENCES memdb.item_parts (org_id, id) ON DELETE CASCADE;

-- What is put, or what is to go.
CREATE TYPE memdb.given_item AS (
    id uuid,
    path text,
    namespace text[],
    key text,
    gone boolean,
    value jsonb,
    letters text,
    time_to_live interval
);

-- Puts items without their parts, new ones and those that are there, which lose the parts they had, and deletes others. What has expired is as good
-- as gone. Of several with one key the last counts. Returns a row for each that is given; `number` says which one counts for it. All are locked in
-- the order of their keys, and the parts that go are those that are there once this is done: hence a function, whose statements see what was
-- committed meanwhile.
CREATE FUNCTION memdb.put_items(tenant uuid, of_agent uuid, of_user uuid, given memdb.given_item[])
RETURNS TABLE (number bigint, id uuid, created_at timestamptz, updated_at timestamptz, expires_at timestamptz)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    written uuid[];
BEGIN
    WITH put AS (
        INSERT INTO memdb.items AS i (org_id, id, agent_id, user_id, expires_at, time_to_live, namespace, key, value, letters)
        SELECT
            tenant,
            g.id,
            of_agent,
            of_user,
            now() + g.time_to_live,
            g.time_to_live,
            g.namespace,
            g.key,
            g.value,
            g.letters
        FROM (
            SELECT DISTINCT ON (g.path COLLATE "C", g.key COLLATE "C") g.*
            FROM unnest(given) WITH ORDINALITY AS g
            ORDER BY g.path COLLATE "C", g.key COLLATE "C", g.ordinality DESC
        ) AS g
        WHERE NOT g.gone
            OR EXISTS (SELECT FROM memdb.items AS o WHERE o.org_id = tenant AND o.path = g.path AND o.key = g.key)
        ORDER BY g.path COLLATE "C", g.key COLLATE "C"
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
        RETURNING i.id
    )
    SELECT array_agg(p.id) INTO written
    FROM put AS p;

    DELETE FROM memdb.item_parts AS p
    WHERE p.org_id = tenant
        AND p.item_id = ANY (written);

    IF EXISTS (SELECT FROM unnest(given) AS g WHERE g.gone) THEN
        DELETE FROM memdb.items AS i
        USING (
            SELECT DISTINCT ON (g.path, g.key) g.*
            FROM unnest(given) WITH ORDINALITY AS g
            ORDER BY g.path, g.key, g.ordinality DESC
        ) AS g
        WHERE i.org_id = tenant
            AND i.id = ANY (written)
            AND i.path = g.path
            AND i.key = g.key
            AND g.gone;
    END IF;

    RETURN QUERY
    SELECT
        max(g.ordinality) OVER (PARTITION BY g.path, g.key),
        i.id,
        i.created_at,
        i.updated_at,
        i.expires_at
    FROM unnest(given) WITH ORDINALITY AS g
    LEFT JOIN memdb.items AS i ON i.org_id = tenant AND i.id = ANY (written) AND i.path = g.path AND i.key = g.key
    ORDER BY g.ordinality;
END
$$;

-- Gives some live items all of their time to live again, if the tenant takes writes; one that is being written goes without. Returns until when.
CREATE FUNCTION memdb.refresh_items(tenant uuid, ids uuid[]) RETURNS TABLE (id uuid, expires_at timestamptz)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
BEGIN
    -- Whoever only reads may not even begin an UPDATE.
    IF ids = '{}' THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH free AS MATERIALIZED (
        SELECT i.id
        FROM memdb.items AS i
        WHERE i.org_id = tenant
            AND i.id = ANY (ids)
            -- Not by the index on what expires: all of it might.
            AND coalesce(i.expires_at > now(), false)
            AND EXISTS (
                SELECT FROM memdb.organizations AS o
                WHERE o.id = tenant
                    AND o.status NOT IN ('suspended', 'cancelled')
                    AND o.deleted_at IS NULL
            )
        FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE memdb.items AS i
    SET expires_at = now() + i.time_to_live
    FROM free AS f
    WHERE i.org_id = tenant
        AND i.id = f.id
    RETURNING
        i.id,
        i.expires_at;
END
$$;

CALL memdb.isolate('memdb.items', '{expires_at}');

CALL memdb.isolate('memdb.item_parts');

CALL memdb.isolate('memdb.item_part_embeddings');

GRANT SELECT, INSERT, UPDATE (agent_id, user_id, created_at, updated_at, expires_at, time_to_live, value, letters), DELETE ON memdb.items TO memdb_app;

GRANT SELECT, INSERT, DELETE ON memdb.item_parts TO memdb_app;

GRANT SELECT, INSERT, UPDATE (embedding) ON memdb.item_part_embeddings TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.items, memdb.item_parts, memdb.item_part_embeddings TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0037_items';
