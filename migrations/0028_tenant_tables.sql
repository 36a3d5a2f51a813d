-- depends: 0027_places
-- What must be done to every table of tenants' rows is told by the catalog, whatever the table's schema: by its policy whose it is, by its
-- references what becomes of its rows when what they refer to goes.

DROP PROCEDURE memdb.isolate(regclass);

-- Makes a table tenant-owned: its rows are those of the organization in `org_id`, and of no other. For migrations, also of other schemas: those
-- who serve tenants and those who administer them get their rights there; in this one each migration says what the service may do.
--
-- `ended_by` are the times by which a row has ended, the first that is set: what ended is purged. Nothing is, of a table without `deleted_at`,
-- or where it is {}. To be called again when that changes.
CREATE PROCEDURE memdb.isolate(isolated regclass, ended_by name[] DEFAULT NULL)
LANGUAGE plpgsql
AS $$
DECLARE
    described record;
    wrong text;
BEGIN
    SELECT
        c.relnamespace::regnamespace AS schema,
        c.relispartition AS is_partition,
        c.relkind,
        o.attnum AS owner,
        o.atttypid = 'uuid'::regtype AND o.attnotnull AS owner_fits,
        (SELECT p.conkey[1] FROM pg_constraint AS p WHERE p.conrelid = c.oid AND p.contype = 'p') AS first_of_key,
        EXISTS (
            SELECT FROM pg_constraint AS f
            WHERE f.conrelid = c.oid AND f.contype = 'f' AND o.attnum = ANY (f.conkey) AND f.confrelid <> f.conrelid
        ) AS refers,
        (
            SELECT min(f.conname) FROM pg_constraint AS f
            WHERE f.conrelid = c.oid AND f.confrelid = c.oid AND f.contype = 'f' AND (f.confdeltype = 'c' OR NOT f.condeferrable)
        ) AS of_itself
    INTO described
    FROM pg_class AS c
    LEFT JOIN pg_attribute AS o ON o.attrelid = c.oid AND o.attname = 'org_id' AND NOT o.attisdropped
    WHERE c.oid = isolated;
    SELECT string_agg(quote_ident(e.name), ', ') INTO wrong
    FROM unnest(ended_by) AS e (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_attribute AS a
        WHERE a.attrelid = isolated AND a.attname = e.name AND a.atttypid = 'timestamptz'::regtype AND NOT a.attisdropped
    );
    wrong := CASE
        WHEN described.relkind NOT IN ('r', 'p') THEN 'must be a table'
        WHEN described.owner_fits IS NOT TRUE THEN 'must have a column org_id uuid NOT NULL'
        WHEN described.is_partition THEN NULL
        WHEN described.first_of_key IS DISTINCT FROM described.owner THEN 'must have a primary key that begins with org_id'
        WHEN NOT described.refers THEN
            'must refer to memdb.organizations, or with org_id to a table that does: what refers to nothing is there when its tenant is gone'
        WHEN described.of_itself IS NOT NULL THEN
            format('must refer to itself only by what is DEFERRABLE and not ON DELETE CASCADE, which %I is not', described.of_itself)
        WHEN wrong IS NOT NULL THEN format('must have each column of ended_by as a timestamptz, which it has not: %s', wrong)
    END;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION '% %', isolated, wrong USING ERRCODE = 'invalid_parameter_value';
    END IF;
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', isolated);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', isolated);
    EXECUTE format('DROP POLICY IF EXISTS tenant ON %s', isolated);
    EXECUTE format('DROP POLICY IF EXISTS admin ON %s', isolated);
    EXECUTE format(
        'CREATE POLICY tenant ON %s USING (org_id = nullif(current_setting(%L, true), %L)::uuid)', isolated, 'memdb.org_id', ''
    );
    EXECUTE format('CREATE POLICY admin ON %s TO memdb_admin USING (true)', isolated);
    IF ended_by IS NOT NULL THEN
        EXECUTE format('COMMENT ON POLICY tenant ON %s IS %L', isolated, format('ended by %s', ended_by));
    END IF;
    IF described.schema <> 'memdb'::regnamespace THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %s TO memdb_app, memdb_admin', described.schema);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO memdb_app, memdb_admin', isolated);
    END IF;
END
$$;

-- Accounts stay when they are deleted, and messages and versions as long as what they are in.
COMMENT ON POLICY tenant ON memdb.organizations IS 'ended by {}';

COMMENT ON POLICY tenant ON memdb.users IS 'ended by {}';

COMMENT ON POLICY tenant ON memdb.agents IS 'ended by {}';

COMMENT ON POLICY tenant ON memdb.roles IS 'ended by {}';

COMMENT ON POLICY tenant ON memdb.messages IS 'ended by {}';

COMMENT ON POLICY tenant ON memdb.archived_messages IS 'ended by {}';

COMMENT ON POLICY tenant ON memdb.memory_versions IS 'ended by {}';

COMMENT ON POLICY tenant ON memdb.memories IS 'ended by {deleted_at,expires_at}';

-- An entity stays while there are facts about it, or others that were merged into it.
ALTER TABLE memdb.facts
    DROP CONSTRAINT facts_entity_exists,
    ADD CONSTRAINT facts_entity_exists FOREIGN KEY (org_id, entity_id) REFERENCES memdb.entities (org_id, id) ON DELETE RESTRICT;

ALTER TABLE memdb.entities
    DROP CONSTRAINT entities_merged_exists,
    ADD CONSTRAINT entities_merged_exists FOREIGN KEY (org_id, merged_into) REFERENCES memdb.entities (org_id, id)
    ON DELETE RESTRICT DEFERRABLE;

-- Tokens and holds hang on their user.
ALTER TABLE memdb.tokens
    DROP CONSTRAINT tokens_user_exists,
    ADD CONSTRAINT tokens_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id) ON DELETE CASCADE;

ALTER TABLE memdb.legal_holds
    DROP CONSTRAINT legal_holds_user_exists,
    ADD CONSTRAINT legal_holds_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id) ON DELETE CASCADE;

-- The tables of tenants' rows, their partitions with them. `name` is what people call it, `relation` what a statement does; `owner` is the column
-- that says whose a row is, `key` the others of its key. `user_columns` and `agent_columns` say which user's and which agent's a row is: those
-- named so, and others that cannot be without. A row's key is written as `key_text`, and `given_keys` reads the keys that a statement gets as $2.
-- What memdb_admin may not delete `is_kept`, even when its tenant is erased.
CREATE VIEW memdb.tenant_tables AS
SELECT
    c.oid AS id,
    concat(nullif(n.nspname, 'memdb') || '.', c.relname) AS name,
    format('%I.%I', n.nspname, c.relname) AS relation,
    n.nspname = 'memdb' AS is_ours,
    o.attname AS owner,
    k.names AS key,
    k.text AS key_text,
    k.given AS given_keys,
    ARRAY(
        SELECT a.attname
        FROM unnest(
            coalesce(substring(obj_description(p.oid, 'pg_policy') FROM 'ended by (\{.*\})')::name[], ARRAY['deleted_at'::name])
        ) WITH ORDINALITY AS e (name, place)
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = e.name AND NOT a.attisdropped
        ORDER BY e.place
    ) AS ended_by,
    EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'deleted_at' AND NOT a.attisdropped) AS has_deleted_at,
    ARRAY(
        SELECT a.attname
        FROM pg_attribute AS a
        LEFT JOIN pg_constraint AS f
            ON f.conrelid = c.oid
            AND f.contype = 'f'
            AND f.confrelid = to_regclass('memdb.users')
            AND f.conkey @> ARRAY[a.attnum]
            AND a.attnum <> o.attnum
        WHERE a.attrelid = c.oid
            AND a.atttypid = 'uuid'::regtype
            AND (a.attname = 'user_id' OR (f.oid IS NOT NULL AND (a.attnotnull OR f.confdeltype = 'c')))
        ORDER BY a.attnum
    ) AS user_columns,
    ARRAY(
        SELECT a.attname
        FROM pg_attribute AS a
        LEFT JOIN pg_constraint AS f
            ON f.conrelid = c.oid
            AND f.contype = 'f'
            AND f.confrelid = to_regclass('memdb.agents')
            AND f.conkey @> ARRAY[a.attnum]
            AND a.attnum <> o.attnum
        WHERE a.attrelid = c.oid
            AND a.atttypid = 'uuid'::regtype
            AND (a.attname = 'agent_id' OR (f.oid IS NOT NULL AND a.attnotnull))
        ORDER BY a.attnum
    ) AS agent_columns,
    EXISTS (
        SELECT FROM pg_constraint AS f
        WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid = to_regclass('memdb.users') AND f.confdeltype = 'c'
    ) AS hangs_on_users,
    has_table_privilege('memdb_admin', c.oid, 'SELECT') AND NOT has_table_privilege('memdb_admin', c.oid, 'DELETE') AS is_kept
FROM pg_policy AS p
JOIN pg_class AS c ON c.oid = p.polrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_depend AS d
    ON d.classid = 'pg_policy'::regclass
    AND d.objid = p.oid
    AND d.refclassid = 'pg_class'::regclass
    AND d.refobjid = c.oid
    AND d.refobjsubid > 0
JOIN pg_attribute AS o ON o.attrelid = c.oid AND o.attnum = d.refobjsubid
CROSS JOIN LATERAL (
    SELECT
        array_agg(a.attname ORDER BY u.place) AS names,
        format('to_json(ARRAY[%s])::text', string_agg(format('t.%I::text', a.attname), ', ' ORDER BY u.place)) AS text,
        format(
            'SELECT %s FROM unnest($2::text[]::jsonb[]) AS g (key)',
            string_agg(
                format('(g.key ->> %s)::%s AS %I', u.place - 1, format_type(a.atttypid, a.atttypmod), a.attname), ', ' ORDER BY u.place
            )
        ) AS given
    FROM pg_constraint AS q
    CROSS JOIN LATERAL (
        SELECT
            n.number,
            row_number() OVER (ORDER BY n.place) AS place
        FROM unnest(q.conkey) WITH ORDINALITY AS n (number, place)
        WHERE n.number <> o.attnum OR cardinality(q.conkey) = 1
    ) AS u
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = u.number
    WHERE q.conrelid = c.oid
        AND q.contype = 'p'
) AS k
WHERE p.polname = 'tenant'
    AND c.relforcerowsecurity
    AND c.relkind IN ('r', 'p')
    AND NOT c.relispartition
    AND pg_get_expr(p.polqual, p.polrelid) LIKE '%memdb.org_id%';

-- The references between them, less what says whose the rows are, and the fate of a row when that goes to which it refers:
-- a `part` goes with it (ON DELETE CASCADE); `content` goes before it, being no row without it (NOT NULL); a `keeper` keeps it (ON DELETE
-- RESTRICT); a `link` is cleared; what is `loose` the server itself clears (ON DELETE SET NULL). When a user is erased, what refers to the user's
-- goes as well, unless it is loose; `spreads` says so.
CREATE VIEW memdb.tenant_references AS
WITH tables AS MATERIALIZED (
    SELECT t.*
    FROM memdb.tenant_tables AS t
)
SELECT
    r.name,
    r.child,
    r.parent,
    r.columns,
    r.parent_columns,
    r.clearable,
    r.is_deferrable,
    r.fate,
    r.fate <> 'loose'
    AND r.child <> r.parent
    AND (r.parent <> to_regclass('memdb.users') OR r.columns <@ r.user_columns)
    AND r.parent <> to_regclass('memdb.organizations') AS spreads
FROM (
    SELECT
        f.conname AS name,
        f.conrelid AS child,
        f.confrelid AS parent,
        f.condeferrable AS is_deferrable,
        child.user_columns,
        c.columns,
        c.parent_columns,
        c.clearable,
        CASE
            WHEN f.confdeltype = 'c' THEN 'part'
            WHEN f.confdeltype = 'r' THEN 'keeper'
            WHEN f.confdeltype IN ('n', 'd') THEN 'loose'
            WHEN c.clearable = '{}' THEN 'content'
            ELSE 'link'
        END AS fate
    FROM pg_constraint AS f
    JOIN tables AS child ON child.id = f.conrelid
    JOIN tables AS parent ON parent.id = f.confrelid
    CROSS JOIN LATERAL (
        SELECT
            coalesce(array_agg(a.attname ORDER BY k.place), '{}') AS columns,
            coalesce(array_agg(b.attname ORDER BY k.place), '{}') AS parent_columns,
            coalesce(array_agg(a.attname ORDER BY k.place) FILTER (WHERE NOT a.attnotnull), '{}') AS clearable
        FROM unnest(f.conkey, f.confkey) WITH ORDINALITY AS k (number, parent_number, place)
        JOIN pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = k.number
        JOIN pg_attribute AS b ON b.attrelid = f.confrelid AND b.attnum = k.parent_number
        WHERE a.attname <> child.owner OR b.attname <> parent.owner
    ) AS c
    WHERE f.contype = 'f'
        AND f.conparentid = 0
) AS r;

-- The condition that a row `t` has the same values in `columns` as one of `others` has in theirs, for a statement that is made of the catalog.
-- The first column is looked for by an index.
CREATE FUNCTION memdb.is_among(columns name[], others text, their_columns name[]) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT CASE cardinality(is_among.columns)
        WHEN 0 THEN 'true'
        ELSE format(
            't.%I = ANY (ARRAY(SELECT o.%I FROM %s AS o))', is_among.columns[1], is_among.their_columns[1], is_among.others
        ) || CASE
            WHEN cardinality(is_among.columns) = 1 THEN ''
            ELSE format(
                ' AND (%s) IN (SELECT %s FROM %s AS o)',
                (SELECT string_agg(format('t.%I', c.name), ', ' ORDER BY c.place) FROM unnest(is_among.columns) WITH ORDINALITY AS c (name, place)),
                (
                    SELECT string_agg(format('o.%I', c.name), ', ' ORDER BY c.place)
                    FROM unnest(is_among.their_columns) WITH ORDINALITY AS c (name, place)
                ),
                is_among.others
            )
        END
    END
$$;

GRANT SELECT ON memdb.tenant_tables, memdb.tenant_references TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0028_tenant_tables';
