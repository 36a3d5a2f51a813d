-- The tables that have a column of this name, and whether it can never be NULL there.
-- not null: schema, relation
SELECT
    n.nspname::text AS schema,
    c.relname::text AS relation,
    a.attnotnull AS is_not_null
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE a.attname = :name::text
    AND a.attnum > 0
    AND NOT a.attisdropped
    AND c.relkind IN ('r', 'p')
