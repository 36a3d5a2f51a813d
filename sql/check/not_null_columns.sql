-- The columns of all tables that can never be NULL. `is_owner` marks the column that says whose a row is.
-- not null: relation_id, number, schema, relation, is_owner
SELECT
    a.attrelid::bigint AS relation_id,
    a.attnum::int AS number,
    n.nspname::text AS schema,
    c.relname::text AS relation,
    a.attname = 'org_id' AS is_owner
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE a.attnotnull
    AND a.attnum > 0
    AND NOT a.attisdropped
    AND c.relkind IN ('r', 'p')
