-- The schema, its roles, and the way a tenant is entered.

CREATE EXTENSION IF NOT EXISTS vector;

CREATE SCHEMA memdb;

-- Roles belong to the server, not to this database: another database's memdb, or an administrator, may have made them already.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'memdb_app') THEN
        CREATE ROLE memdb_app NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'memdb_admin') THEN
        CREATE ROLE memdb_admin NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

-- Whoever applies the migrations may also act as either role, but inherits nothing from it. A convenience: not everybody may grant it.
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'memdb_app', 'SET') THEN
        GRANT memdb_app TO CURRENT_USER WITH INHERIT FALSE, SET TRUE;
    END IF;
    IF NOT pg_has_role(current_user, 'memdb_admin', 'SET') THEN
        GRANT memdb_admin TO CURRENT_USER WITH INHERIT FALSE, SET TRUE;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'to act as memdb_app or memdb_admin, % needs: GRANT memdb_app, memdb_admin TO %', current_user, current_user;
END
$$;

GRANT USAGE ON SCHEMA memdb TO memdb_app, memdb_admin;

-- Says by its policies which roles serve tenants and administer here, and has no rows: whoever may connect can read policies, and they know the
-- roles whatever these are called.
CREATE TABLE memdb.database_roles ();

ALTER TABLE memdb.database_roles ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY app ON memdb.database_roles TO memdb_app;

CREATE POLICY admin ON memdb.database_roles TO memdb_admin;

-- Makes `org` the tenant of the current transaction: every row-level policy compares org_id with this setting.
CREATE FUNCTION memdb.enter(org uuid) RETURNS uuid
LANGUAGE sql VOLATILE
RETURN pg_catalog.set_config('memdb.org_id', org::text, true)::uuid;

-- A parameter of this type enters its tenant when PostgreSQL receives it (Bind), before the statement is planned or run. The setting
-- ends with the transaction, which for a statement on its own is that statement. No column has this type: columns are uuid.
CREATE DOMAIN memdb.tenant AS uuid
    CONSTRAINT tenant_is_given CHECK (VALUE IS NOT NULL)
    CONSTRAINT tenant_is_entered CHECK (memdb.enter(VALUE) IS NOT NULL);

-- A UUIDv7 (RFC 9562). Before PostgreSQL 18: 48 bits of milliseconds, 12 bits of their fraction (its section 6.2, method 3), 62 random.
DO $$
BEGIN
    IF current_setting('server_version_num')::int >= 180000 THEN
        CREATE FUNCTION memdb.new_id() RETURNS uuid
        LANGUAGE sql VOLATILE PARALLEL SAFE
        RETURN pg_catalog.uuidv7();
    ELSE
        CREATE FUNCTION memdb.new_id() RETURNS uuid
        LANGUAGE sql VOLATILE PARALLEL SAFE
        AS $body$
            SELECT encode(
                substring(int8send(floor(t.ms)::bigint) FROM 3)
                || substring(int4send(28672 + floor((t.ms - floor(t.ms)) * 4096)::int) FROM 3)
                || set_bit(set_bit(substring(uuid_send(gen_random_uuid()) FROM 9), 6, 0), 7, 1),
                'hex'
            )::uuid
            FROM (SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms) AS t
        $body$;
    END IF;
END
$$;

-- The version after `current`. Raises MV001 if the caller expected another one. Used in SET, it sees no row but the one changed.
CREATE FUNCTION memdb.next_version(current integer, expected integer) RETURNS integer
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF expected <> current THEN
        RAISE EXCEPTION 'version conflict' USING ERRCODE = 'MV001', DETAIL = format('%s %s', expected, current);
    END IF;
    RETURN current + 1;
END
$$;

COMMENT ON SCHEMA memdb IS 'memdb 0001_foundation';
