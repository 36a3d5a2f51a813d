-- The tables of tenants' rows, by name, and the tables that each refers to, except by references that can be deferred to the end of a
-- transaction.
-- not null: name, refers_to
WITH tables AS MATERIALIZED (
    SELECT
        t.id,
        t.name
    FROM memdb.tenant_tables AS t
),
refs AS MATERIALIZED (
    SELECT
        r.child,
        r.parent
    FROM memdb.tenant_references AS r
    WHERE r.child <> r.parent
        AND NOT r.is_deferrable
)
SELECT
    t.name,
    ARRAY(
        SELECT DISTINCT p.name
        FROM refs AS r
        JOIN tables AS p ON p.id = r.parent
        WHERE r.child = t.id
        ORDER BY 1
    ) AS refers_to
FROM tables AS t
ORDER BY t.name
