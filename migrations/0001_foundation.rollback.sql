-- The extension stays: other schemas may use it, and memdb may not be what installed it.

DROP FUNCTION memdb.next_version(integer, integer);

DROP FUNCTION memdb.new_id();

DROP DOMAIN memdb.tenant;

DROP FUNCTION memdb.enter(uuid);

DROP TABLE IF EXISTS memdb.database_roles;

DROP SCHEMA memdb;

-- The roles go only if no other database of this server needs them, and whoever rolls back may drop them.
DO $$
BEGIN
    DROP ROLE memdb_app;
EXCEPTION
    WHEN dependent_objects_still_exist OR insufficient_privilege THEN NULL;
END
$$;

DO $$
BEGIN
    DROP ROLE memdb_admin;
EXCEPTION
    WHEN dependent_objects_still_exist OR insufficient_privilege THEN NULL;
END
$$;
