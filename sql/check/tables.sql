-- The tables of a schema, or, if it is NULL, those of any schema that the acting role may use besides memdb's, each with the facts that
-- concern the ownership of its rows. `keys` are its unique indexes that do not begin with the tenant, `links` its references to tenants'
-- rows that omit the tenant.
-- not null: schema, name, may_be_written, has_tenants_key, keys, links
SELECT
    n.nspname::text AS schema,
    concat(nullif(n.nspname, 'memdb') || '.', c.relname) AS name,
    format_type(o.atttypid, o.atttypmod) || CASE WHEN o.attnotnull THEN ' NOT NULL' ELSE ', may be NULL' END AS owner,
    has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') AS may_be_written,
    EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary AND i.indkey[0] = o.attnum) AS has_tenants_key,
    ARRAY(
        SELECT format('%I %s', k.relname, substring(pg_get_indexdef(k.oid) FROM '\(.*'))
        FROM pg_index AS i
        JOIN pg_class AS k ON k.oid = i.indexrelid
        WHERE i.indrelid = c.oid
            AND i.indisunique
            AND i.indkey[0] <> o.attnum
        ORDER BY k.relname
    ) AS keys,
    ARRAY(
        SELECT format('%I %s', f.conname, pg_get_constraintdef(f.oid))
        FROM pg_constraint AS f
        WHERE f.conrelid = c.oid
            AND f.contype = 'f'
            AND (o.attnum = ANY (f.conkey)) IS NOT TRUE
            AND (
                f.confrelid = to_regclass('memdb.organizations')
                OR EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = f.confrelid AND a.attname = 'org_id' AND NOT a.attisdropped)
            )
        ORDER BY f.conname
    ) AS links
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute AS o ON o.attrelid = c.oid AND o.attname = 'org_id' AND NOT o.attisdropped
WHERE c.relkind IN ('r', 'p')
    AND CASE
        WHEN :schema::text IS NOT NULL THEN n.nspname = :schema
        ELSE n.nspname NOT IN ('memdb', 'pg_catalog', 'information_schema')
            AND has_schema_privilege(n.oid, 'USAGE')
            AND has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
    END
ORDER BY n.nspname, c.relname
