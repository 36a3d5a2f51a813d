-- The roles of this database, and what this connection's role may do there. No row means that there is no schema memdb. Read from the
-- catalog alone, which a login may read before it acts in one of the roles. Without memdb.database_roles, which old migrations did not
-- create, the roles have their standard names. `owner` is NULL if memdb has no tables.
-- not null: app, admin, administers, owns
SELECT
    coalesce(pg_get_userbyid(app.polroles[1])::text, 'memdb_app') AS app,
    coalesce(r.rolname::text, 'memdb_admin') AS admin,
    pg_get_userbyid(o.relowner)::text AS owner,
    coalesce(pg_has_role(r.oid, 'USAGE'), false) OR coalesce(pg_has_role(o.relowner, 'USAGE'), false) AS administers,
    coalesce(pg_has_role(o.relowner, 'USAGE'), false) AS owns
FROM pg_namespace AS n
LEFT JOIN pg_class AS o ON o.relnamespace = n.oid AND o.relname = 'organizations'
LEFT JOIN pg_class AS d ON d.relnamespace = n.oid AND d.relname = 'database_roles'
LEFT JOIN pg_policy AS app ON app.polrelid = d.oid AND app.polname = 'app'
LEFT JOIN pg_policy AS admin ON admin.polrelid = d.oid AND admin.polname = 'admin'
LEFT JOIN pg_roles AS r ON CASE WHEN admin.oid IS NULL THEN r.rolname = 'memdb_admin' ELSE r.oid = admin.polroles[1] END
WHERE n.nspname = 'memdb'
