-- The database's types beyond PostgreSQL's own, each as callers see it: a domain as its base type, an enum as text, an array as its element
-- type with []. Only memdb's tenant, whose check has an effect, has its own name.
-- not null: id, name
WITH types AS (
    SELECT
        t.oid,
        t.typnamespace,
        t.typelem,
        CASE
            WHEN t.typnamespace = to_regnamespace('memdb') AND t.typname = 'tenant' THEN 'memdb.tenant'
            WHEN t.typtype = 'e' THEN 'text'
            ELSE coalesce(b.typname, t.typname)::text
        END AS name
    FROM pg_type AS t
    LEFT JOIN pg_type AS b ON b.oid = t.typbasetype
)
SELECT
    t.oid::bigint AS id,
    coalesce(e.name || '[]', t.name) AS name
FROM types AS t
LEFT JOIN types AS e ON e.oid = t.typelem
WHERE t.typnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
