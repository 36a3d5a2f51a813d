-- Whether this connection may do what memdb_admin may, or is the tables' owner; and who that is, NULL where there are none.
-- not null: administers, owns
SELECT
    EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = 'memdb_admin' AND pg_has_role(r.oid, 'USAGE'))
        OR coalesce(pg_has_role(c.relowner, 'USAGE'), false) AS administers,
    coalesce(pg_has_role(c.relowner, 'USAGE'), false) AS owns,
    pg_get_userbyid(c.relowner)::text AS owner
FROM (SELECT to_regnamespace('memdb') AS schema) AS memdb
LEFT JOIN pg_class AS c ON c.relnamespace = memdb.schema AND c.relname = 'organizations'
