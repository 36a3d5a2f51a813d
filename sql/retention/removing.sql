-- The statements that lock and remove rows of a tenant ($1), identified by their keys ($2). Those that lock also lock the rows with links
-- to the given ones, and return the keys of those that ended before a time ($3), if one is given. Those that remove take locked rows,
-- remove them with all their parts, and return the number of rows by table and how many of the given rows were not deleted. Links to
-- removed rows are cleared, and so are the copies of these links in parts.
-- not null: purpose, table_name, text
WITH RECURSIVE tables AS MATERIALIZED (
    SELECT
        t.*,
        format('gone_%s', t.id) AS gone,
        format('cleared_%s', t.id) AS cleared
    FROM memdb.tenant_tables AS t
    WHERE NOT t.is_kept
),
refs AS MATERIALIZED (
    SELECT r.*
    FROM memdb.tenant_references AS r
),
-- The tables whose rows are removed with a table's rows.
going AS (
    SELECT
        t.id AS root,
        t.id
    FROM tables AS t
    UNION
    SELECT
        g.root,
        r.child
    FROM going AS g
    JOIN refs AS r ON r.parent = g.id
    WHERE r.fate = 'part'
),
parts AS (
    SELECT
        g.root,
        format(
            ', %s AS (DELETE FROM %s AS t WHERE t.%I = $1 AND (%s) RETURNING %s)',
            t.gone,
            t.relation,
            t.owner,
            string_agg(memdb.is_among(r.columns, p.gone, r.parent_columns), ' OR '),
            (
                SELECT string_agg(DISTINCT format('t.%I', c.name), ', ')
                FROM (
                    SELECT unnest(t.key)
                    UNION
                    SELECT unnest(x.parent_columns) FROM refs AS x WHERE x.parent = t.id
                ) AS c (name)
            )
        ) AS text,
        format(' UNION ALL SELECT %L, count(*), 0 FROM %s', t.name, t.gone) AS counted
    FROM going AS g
    JOIN tables AS t ON t.id = g.id
    JOIN refs AS r ON r.child = g.id AND r.fate = 'part'
    JOIN going AS above ON above.root = g.root AND above.id = r.parent
    JOIN tables AS p ON p.id = r.parent
    WHERE g.id <> g.root
    GROUP BY
        g.root,
        t.id,
        t.name,
        t.gone,
        t.relation,
        t.owner,
        t.key
),
links AS (
    SELECT
        g.root,
        r.child AS id,
        c.name AS column_name,
        string_agg(memdb.is_among(r.columns, p.gone, r.parent_columns), ' OR ') AS condition
    FROM going AS g
    JOIN refs AS r ON r.parent = g.id AND r.fate = 'link'
    JOIN tables AS p ON p.id = g.id
    CROSS JOIN unnest(r.clearable) AS c (name)
    -- A user's own rows have been removed before.
    WHERE NOT (r.spreads AND r.parent = 'memdb.users'::regclass)
    GROUP BY
        g.root,
        r.child,
        c.name
),
clearing AS (
    SELECT
        l.root,
        format(
            ', %s AS (UPDATE %s AS t SET %s WHERE t.%I = $1 AND (%s)%s RETURNING %s)',
            t.cleared,
            t.relation,
            string_agg(format('%1$I = CASE WHEN %2$s THEN NULL ELSE t.%1$I END', l.column_name, l.condition), ', '),
            t.owner,
            string_agg(l.condition, ' OR '),
            -- Rows that are removed are not cleared as well.
            (
                SELECT format(' AND NOT (%s)', memdb.is_among(t.key, CASE g.id WHEN l.root THEN 'given' ELSE t.gone END, t.key))
                FROM going AS g
                WHERE g.root = l.root
                    AND g.id = t.id
            ),
            (SELECT string_agg(format('t.%I', k), ', ') FROM unnest(t.key) AS k)
        ) AS text
    FROM links AS l
    JOIN tables AS t ON t.id = l.id
    GROUP BY
        l.root,
        t.id,
        t.cleared,
        t.relation,
        t.owner,
        t.key,
        t.gone
),
copies AS (
    SELECT
        l.root,
        format(
            ', copied_%s AS (UPDATE %s AS t SET %s WHERE t.%I = $1 AND %s AND (%s))',
            s.id,
            s.relation,
            string_agg(format('%1$I = CASE WHEN %2$s THEN NULL ELSE t.%1$I END', l.column_name, l.condition), ', '),
            s.owner,
            memdb.is_among(r.columns, t.cleared, r.parent_columns),
            string_agg(l.condition, ' OR ')
        ) AS text
    FROM links AS l
    JOIN tables AS t ON t.id = l.id
    JOIN refs AS r ON r.parent = l.id AND r.fate = 'part' AND r.parent_columns <@ t.key
    JOIN tables AS s ON s.id = r.child
    JOIN pg_attribute AS a ON a.attrelid = s.id AND a.attname = l.column_name AND NOT a.attnotnull AND NOT a.attisdropped
    WHERE NOT EXISTS (SELECT FROM refs AS x WHERE x.child = s.id AND l.column_name = ANY (x.columns))
    GROUP BY
        l.root,
        s.id,
        s.relation,
        s.owner,
        r.columns,
        r.parent_columns,
        t.cleared
)
SELECT
    'lock' AS purpose,
    t.name AS table_name,
    format(
        'WITH given AS MATERIALIZED (%s), locked AS MATERIALIZED ('
        'SELECT %s AS key, %s AS is_given, %s AS ended_at FROM %s AS t WHERE t.%I = $1::uuid AND (%s%s) ORDER BY %s%s'
        ') SELECT l.key FROM locked AS l WHERE l.is_given AND ($3::timestamptz IS NULL OR l.ended_at < $3)',
        t.given_keys,
        t.key_text,
        memdb.is_among(t.key, 'given', t.key),
        coalesce(
            (
                SELECT format('coalesce(%s)', string_agg(format('t.%I', e.name), ', ' ORDER BY e.place))
                FROM unnest(t.ended_by) WITH ORDINALITY AS e (name, place)
                HAVING count(*) > 0
            ),
            'NULL::timestamptz'
        ),
        t.relation,
        t.owner,
        memdb.is_among(t.key, 'given', t.key),
        (
            SELECT string_agg(format(' OR %s', memdb.is_among(r.columns, 'given', r.parent_columns)), '')
            FROM refs AS r
            WHERE r.child = t.id
                AND r.parent = t.id
                AND r.fate = 'link'
        ),
        (SELECT string_agg(format('t.%I', k.name), ', ' ORDER BY k.place) FROM unnest(t.key) WITH ORDINALITY AS k (name, place)),
        -- Rows that can never be updated cannot be locked, and need not be.
        CASE WHEN has_any_column_privilege(t.id, 'UPDATE') THEN ' FOR UPDATE' END
    ) AS text
FROM tables AS t
UNION ALL
SELECT
    'remove',
    t.name,
    format(
        'WITH given AS MATERIALIZED (%s), %s AS (DELETE FROM %s AS t WHERE t.%I = $1::uuid AND %s RETURNING %s, %s AS "was live")%s%s%s'
        ' SELECT %L AS table_name, count(*) AS rows, count(*) FILTER (WHERE g."was live") AS live FROM %s AS g%s',
        t.given_keys,
        t.gone,
        t.relation,
        t.owner,
        memdb.is_among(t.key, 'given', t.key),
        (
            SELECT string_agg(DISTINCT format('t.%I', c.name), ', ')
            FROM (
                SELECT unnest(t.key)
                UNION
                SELECT unnest(x.parent_columns) FROM refs AS x WHERE x.parent = t.id
            ) AS c (name)
        ),
        CASE WHEN t.has_deleted_at THEN 't.deleted_at IS NULL' ELSE 'true' END,
        (SELECT string_agg(p.text, '') FROM parts AS p WHERE p.root = t.id),
        (SELECT string_agg(c.text, '') FROM clearing AS c WHERE c.root = t.id),
        (SELECT string_agg(c.text, '') FROM copies AS c WHERE c.root = t.id),
        t.name,
        t.gone,
        (SELECT string_agg(p.counted, '') FROM parts AS p WHERE p.root = t.id)
    )
FROM tables AS t
