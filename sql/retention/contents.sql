-- The statements that select the rows contained in given rows of a tenant ($1), or in their parts, which have to be removed before them.
-- The given rows are identified by their keys ($2). Each statement selects up to $3 rows of one table whose rows cannot exist without their
-- container. `is_keeper` marks references that keep the container.
-- not null: table_name, child, is_keeper, text
WITH RECURSIVE tables AS MATERIALIZED (
    SELECT t.*
    FROM memdb.tenant_tables AS t
    WHERE NOT t.is_kept
),
refs AS MATERIALIZED (
    SELECT
        r.*,
        (
            SELECT string_agg(format('t.%s = p%%s.%s', quoted.ours, quoted.theirs), ' AND ')
            FROM unnest(r.columns, r.parent_columns) AS k (ours, theirs)
            CROSS JOIN LATERAL (
                SELECT
                    replace(quote_ident(k.ours), '%', '%%') AS ours,
                    replace(quote_ident(k.theirs), '%', '%%') AS theirs
            ) AS quoted
        ) AS condition
    FROM memdb.tenant_references AS r
    WHERE r.child <> r.parent
),
-- From the given rows to their parts.
going AS (
    SELECT
        t.id AS root,
        t.id,
        0 AS length,
        ARRAY[t.id] AS passed,
        format('(SELECT t.* FROM %s AS t WHERE t.%I = $1::uuid AND %s) AS p0', t.relation, t.owner, memdb.is_among(t.key, 'given', t.key))
        COLLATE "C" AS rows
    FROM tables AS t
    UNION ALL
    SELECT
        g.root,
        t.id,
        g.length + 1,
        g.passed || t.id,
        g.rows || format(
            ' CROSS JOIN LATERAL (SELECT t.* FROM %s AS t WHERE t.%I = $1 AND %s) AS p%s',
            t.relation,
            t.owner,
            format(r.condition, VARIADIC array_fill(g.length, ARRAY[cardinality(r.columns)])),
            g.length + 1
        )
    FROM going AS g
    JOIN refs AS r ON r.parent = g.id AND r.fate = 'part'
    JOIN tables AS t ON t.id = r.child
    WHERE t.id <> ALL (g.passed)
)
SELECT
    p.name AS table_name,
    c.name AS child,
    r.fate = 'keeper' AS is_keeper,
    format(
        -- Looked up for each row by the index on the reference: a search for any of them might read the whole table if there are none.
        'WITH given AS MATERIALIZED (%s) SELECT c.key FROM %s'
        ' CROSS JOIN LATERAL (SELECT %s AS key FROM %s AS t WHERE t.%I = $1 %s LIMIT $3::int) AS c LIMIT $3',
        p.given_keys,
        g.rows,
        c.key_text,
        c.relation,
        c.owner,
        coalesce(
            'AND ' || format(r.condition, VARIADIC array_fill(g.length, ARRAY[cardinality(r.columns)])),
            (SELECT 'ORDER BY ' || string_agg(format('t.%I', k.name), ', ' ORDER BY k.place) FROM unnest(c.key) WITH ORDINALITY AS k (name, place))
        )
    ) AS text
FROM going AS g
JOIN tables AS p ON p.id = g.root
JOIN refs AS r ON r.parent = g.id AND r.fate IN ('content', 'keeper')
JOIN tables AS c ON c.id = r.child
-- Parts are counted with their rows.
WHERE NOT EXISTS (SELECT FROM going AS o WHERE o.root = g.root AND o.id = r.child)
ORDER BY
    p.name,
    c.name
