-- The columns of the tables with these names, in the schemas of the search path or those that are named.
SELECT
    n.name AS table_name,
    a.attname::text AS column_name
FROM unnest($1::text[]) AS n (name)
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = to_regclass(n.name)
WHERE a.attnum > 0
    AND NOT a.attisdropped
