-- depends: 0040_successors
-- The roles that serve tenants and administer may have other names than memdb_app and memdb_admin in a database. What migrations say of those, memdb
-- says of the database's own; what runs later asks for them here.

DO $$
BEGIN
    -- 0001_foundation made none before.
    IF to_regclass('memdb.database_roles') IS NULL THEN
        CREATE TABLE memdb.database_roles ();
        ALTER TABLE memdb.database_roles ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY app ON memdb.database_roles TO memdb_app;
        CREATE POLICY admin ON memdb.database_roles TO memdb_admin;
    END IF;
END
$$;

-- The name of this database's role that serves tenants, 'app', or administers, 'admin'.
CREATE FUNCTION memdb.database_role(kind name) RETURNS name
LANGUAGE sql STABLE
RETURN (
    SELECT pg_get_userbyid(p.polroles[1])
    FROM pg_policy AS p
    WHERE p.polrelid = 'memdb.database_roles'::regclass
        AND p.polname = kind
);

-- Makes a table tenant-owned: its rows are those of the organization in `org_id`, and of no other. For migrations, also of other schemas: those
-- who serve tenants and those who administer them get their rights there; in this one each migration says what the service may do.
--
-- `ended_by` are the times by which a row has ended, the first that is set: what ended is purged. Nothing is, of a table without `deleted_at`,
-- or where it is {}. To be called again when that changes.
CREATE OR REPLACE PROCEDURE memdb.isolate(isolated regclass, ended_by name[] DEFAULT NULL)
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
    EXECUTE format('CREATE POLICY admin ON %s TO %I USING (true)', isolated, memdb.database_role('admin'));
    IF ended_by IS NOT NULL THEN
        EXECUTE format('COMMENT ON POLICY tenant ON %s IS %L', isolated, format('ended by %s', ended_by));
    END IF;
    IF described.schema <> 'memdb'::regnamespace THEN
        EXECUTE format(
            'GRANT USAGE ON SCHEMA %s TO %I, %I', described.schema, memdb.database_role('app'), memdb.database_role('admin')
        );
        EXECUTE format(
            'GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I, %I', isolated, memdb.database_role('app'), memdb.database_role('admin')
        );
    END IF;
END
$$;

-- The embeddings of a table's rows, of each space: memdb.<kind>_embeddings. A NULL embedding is one that is outdated, as for memories. Call it
-- while the table has the rows that its statistics are made of.
CREATE OR REPLACE PROCEDURE memdb.add_embeddings_of(owner regclass, kind text)
LANGUAGE plpgsql
AS $$
DECLARE
    existing memdb.embedding_spaces;
BEGIN
    EXECUTE format(
        'CREATE TABLE memdb.%1$I (
            org_id uuid NOT NULL,
            %2$I uuid NOT NULL,
            agent_id uuid NOT NULL,
            space smallint NOT NULL,
            embedding %3$I.halfvec,
            CONSTRAINT %4$I PRIMARY KEY (org_id, %2$I, space),
            CONSTRAINT %5$I FOREIGN KEY (org_id, %2$I) REFERENCES %6$s (org_id, id) ON DELETE CASCADE
        ) PARTITION BY LIST (space)',
        kind || '_embeddings',
        kind || '_id',
        (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'vector'),
        kind || '_embeddings_pkey',
        kind || '_embeddings_' || kind || '_exists',
        owner
    );
    EXECUTE format('ALTER TABLE memdb.%I ALTER COLUMN embedding SET STORAGE PLAIN', kind || '_embeddings');
    EXECUTE format(
        'CREATE INDEX %I ON memdb.%I (org_id, agent_id, %I)', kind || '_embeddings_of_agent', kind || '_embeddings', kind || '_id'
    );
    FOR existing IN SELECT s.* FROM memdb.embedding_spaces AS s LOOP
        CALL memdb.add_space_to(format('memdb.%I', kind || '_embeddings')::regclass, existing.space, existing.dimension);
    END LOOP;
    EXECUTE format(
        'INSERT INTO memdb.%I (org_id, %I, agent_id, space)
        SELECT o.org_id, o.id, o.agent_id, (SELECT min(s.space) FROM memdb.embedding_spaces AS s) FROM %s AS o',
        kind || '_embeddings',
        kind || '_id',
        owner
    );
    EXECUTE format('ANALYZE memdb.%I', kind || '_embeddings');
    CALL memdb.isolate(format('memdb.%I', kind || '_embeddings')::regclass);
    EXECUTE format(
        'GRANT SELECT, INSERT, UPDATE (embedding) ON memdb.%I TO %I', kind || '_embeddings', memdb.database_role('app')
    );
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.%I TO %I', kind || '_embeddings', memdb.database_role('admin'));
END
$$;

-- The part of a table of embeddings that is one space's. For the owner.
CREATE OR REPLACE PROCEDURE memdb.add_space_to(embeddings regclass, added smallint, dimension integer)
LANGUAGE plpgsql
AS $$
DECLARE
    name CONSTANT text := (SELECT c.relname FROM pg_class AS c WHERE c.oid = embeddings);
BEGIN
    EXECUTE format(
        'CREATE TABLE memdb.%I PARTITION OF %s (CONSTRAINT %I CHECK (%I.vector_dims(embedding) = %s)) FOR VALUES IN (%s)',
        format('%s_%s', name, added),
        embeddings,
        format('%s_dimension', name),
        (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'vector'),
        dimension,
        added
    );
    CALL memdb.isolate(format('memdb.%I', format('%s_%s', name, added))::regclass);
    EXECUTE format(
        'GRANT SELECT ON memdb.%I TO %I, %I',
        format('%s_%s', name, added),
        memdb.database_role('app'),
        memdb.database_role('admin')
    );
END
$$;

-- The tables of tenants' rows, their partitions with them. `name` is what people call it, `relation` what a statement does; `owner` is the column
-- that says whose a row is, `key` the others of its key. `user_columns` and `agent_columns` say which user's and which agent's a row is: those
-- named so, and others that cannot be without. A row's key is written as `key_text`, and `given_keys` reads the keys that a statement gets as $2.
-- What administration may not delete `is_kept`, even when its tenant is erased.
CREATE OR REPLACE VIEW memdb.tenant_tables AS
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
    has_table_privilege(memdb.database_role('admin'), c.oid, 'SELECT')
    AND NOT has_table_privilege(memdb.database_role('admin'), c.oid, 'DELETE') AS is_kept
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

COMMENT ON SCHEMA memdb IS 'memdb 0041_database_roles';
