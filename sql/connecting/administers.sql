-- Whether this connection may do what memdb_admin may, or is the tables' owner.
-- not null: administers
SELECT
    EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = 'memdb_admin' AND pg_has_role(r.oid, 'USAGE'))
        OR EXISTS (
            SELECT FROM pg_class AS c
            WHERE c.relnamespace = to_regnamespace('memdb') AND pg_has_role(c.relowner, 'USAGE')
        ) AS administers
