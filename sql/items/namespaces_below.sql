-- The distinct namespaces below a prefix that have items, begin and end with given labels, and are cut to a depth, in order. Skips from one
-- namespace to the next by the key, however many items each has.
-- not null: namespace
WITH RECURSIVE place AS (
    SELECT
        '{}'::text[] AS namespace,
        false AS fits,
        memdb.path_of(:start::text[]) COLLATE "C" AS next,
        0::bigint AS found,
        0 AS number
    UNION ALL
    SELECT
        n.namespace,
        n.fits,
        -- A fitting namespace is returned once for all namespaces that are cut to it.
        CASE
            WHEN n.fits AND n.is_cut THEN memdb.path_after(n.namespace)
            ELSE n.path || chr(1)
        END,
        p.found + n.fits::int,
        p.number + 1
    FROM place AS p
    CROSS JOIN LATERAL (
        SELECT
            i.namespace[1 : least(:depth::int, cardinality(i.namespace))] AS namespace,
            coalesce(cardinality(i.namespace) >= :depth, false) AS is_cut,
            i.path,
            memdb.namespace_fits(i.namespace, :prefix::text[], :suffix::text[]) AS fits
        FROM (
            SELECT
                o.namespace,
                o.path
            FROM memdb.items AS o
            WHERE o.org_id = :org_id::memdb.tenant
                AND o.path >= p.next
                AND o.path < memdb.path_after(:start)
                AND (:ended::boolean OR coalesce(o.expires_at > now(), true))
            ORDER BY o.path
            LIMIT 1
        ) AS i
    ) AS n
    WHERE p.found < :offset::bigint + :limit::int
)
SELECT p.namespace
FROM place AS p
WHERE p.fits
ORDER BY p.number
OFFSET :offset
LIMIT :limit
