-- Where the database keeps pgvector's types.
-- not null: schema
SELECT n.nspname::text AS schema
FROM pg_extension AS e
JOIN pg_namespace AS n ON n.oid = e.extnamespace
WHERE e.extname = 'vector'
