-- The types that the database has beyond PostgreSQL's own, each as what a caller sees of it: a domain as the type it is made of, an enum as text,
-- an array as its elements' with []. Only memdb's tenant, which does something as it arrives, goes by its own name.
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
