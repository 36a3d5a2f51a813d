-- The columns of all tables that can never be NULL.
-- not null: relation_id, number, schema, relation
SELECT
    a.attrelid::bigint AS relation_id,
    a.attnum::int AS number,
    n.nspname::text AS schema,
    c.relname::text AS relation
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE a.attnotnull
    AND a.attnum > 0
    AND NOT a.attisdropped
    AND c.relkind IN ('r', 'p')
