-- The domains of memdb's schema, and what each is made of.
-- not null: id, base
SELECT
    d.oid::bigint AS id,
    b.typname::text AS base
FROM pg_type AS d
JOIN pg_type AS b ON b.oid = d.typbasetype
WHERE d.typnamespace = to_regnamespace('memdb')
    AND d.typtype = 'd'
