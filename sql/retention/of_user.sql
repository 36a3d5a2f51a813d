-- The statements that select up to $3 rows of a user ($2) of a tenant ($1), the one that counts all of them, and the one that names a hold
-- on an agent with rows of the user's. A user's rows are those that name the user and those that refer to a row of the user's. Parts of
-- other rows are removed with them and not selected.
-- not null: purpose, text
WITH RECURSIVE tables AS MATERIALIZED (
    SELECT
        t.*,
        format('of_%s', t.id) AS alias
    FROM memdb.tenant_tables AS t
    WHERE NOT t.is_kept
),
refs AS MATERIALIZED (
    SELECT r.*
    FROM memdb.tenant_references AS r
    WHERE r.spreads
),
reached AS (
    SELECT t.id
    FROM tables AS t
    WHERE t.id = 'memdb.users'::regclass
        OR t.user_columns <> '{}'
    UNION
    SELECT r.child
    FROM reached AS p
    JOIN refs AS r ON r.parent = p.id
    JOIN tables AS t ON t.id = r.child
),
-- The tables to which a table refers, directly or indirectly.
above AS (
    SELECT
        r.child AS id,
        r.parent
    FROM refs AS r
    UNION
    SELECT
        a.id,
        r.parent
    FROM above AS a
    JOIN refs AS r ON r.child = a.parent
),
-- The reasons why a row is the user's, each as a separate condition, because each has its own index.
reasons AS (
    SELECT
        t.id,
        format('t.%I = $2::uuid', c.name) AS condition,
        t.hangs_on_users AS is_part
    FROM tables AS t
    CROSS JOIN unnest(t.user_columns) AS c (name)
    UNION ALL
    SELECT
        t.id,
        't.id = $2::uuid',
        true
    FROM tables AS t
    WHERE t.id = 'memdb.users'::regclass
    UNION ALL
    SELECT
        r.child,
        memdb.is_among(r.columns, p.alias, r.parent_columns),
        r.fate = 'part'
    FROM refs AS r
    JOIN reached AS g ON g.id = r.parent
    JOIN tables AS p ON p.id = r.parent
    WHERE r.parent <> 'memdb.users'::regclass
),
described AS MATERIALIZED (
    SELECT
        t.id,
        t.name,
        t.alias,
        bool_and(w.is_part) AS is_part,
        format(
            '%s AS MATERIALIZED (%s)',
            t.alias,
            string_agg(format('SELECT %s FROM %s AS t WHERE t.%I = $1::uuid AND %s', k.columns, t.relation, t.owner, w.condition), ' UNION ')
        ) AS rows,
        string_agg(
            format('(SELECT %s AS key FROM %s AS t WHERE t.%I = $1::uuid AND %s LIMIT $3::int)', t.key_text, t.relation, t.owner, w.condition),
            ' UNION '
        ) AS keys
    FROM tables AS t
    JOIN reasons AS w ON w.id = t.id
    CROSS JOIN LATERAL (
        -- The columns to which others refer, and the key.
        SELECT string_agg(DISTINCT format('t.%I', c.name), ', ') AS columns
        FROM (
            SELECT unnest(t.key)
            UNION
            SELECT unnest(r.parent_columns) FROM refs AS r WHERE r.parent = t.id
        ) AS c (name)
    ) AS k
    GROUP BY
        t.id,
        t.name,
        t.alias
)
SELECT
    'of_user' AS purpose,
    d.name AS table_name,
    concat(
        -- RECURSIVE allows the CTEs to be in any order.
        'WITH RECURSIVE ' || (
            SELECT string_agg(p.rows, ', ')
            FROM above AS a
            JOIN described AS p ON p.id = a.parent
            WHERE a.id = d.id
        ) || ' ',
        format('SELECT k.key FROM (%s) AS k LIMIT $3', d.keys)
    ) AS text
FROM described AS d
WHERE NOT d.is_part
UNION ALL
SELECT
    'count_of_user',
    NULL,
    format(
        'WITH RECURSIVE %s %s',
        string_agg(d.rows, ', '),
        string_agg(format('SELECT %L AS table_name, count(*) AS rows FROM %s', d.name, d.alias), ' UNION ALL ' ORDER BY d.name)
    )
FROM described AS d
UNION ALL
SELECT
    'hold_on_user',
    NULL,
    'SELECT min(h.name COLLATE "C") AS name FROM memdb.legal_holds AS h WHERE h.org_id = $1::uuid AND h.released_at IS NULL'
    ' AND ((h.user_id IS NULL AND h.agent_id IS NULL) OR h.user_id = $2::uuid' || string_agg(
        format(
            ' OR EXISTS (SELECT FROM %s AS t WHERE t.%I = $1 AND t.%I = $2 AND t.%I = h.agent_id)', t.relation, t.owner, u.name, a.name
        ),
        ''
    ) || ')'
FROM tables AS t
CROSS JOIN unnest(t.user_columns) AS u (name)
CROSS JOIN unnest(t.agent_columns) AS a (name)
WHERE NOT t.hangs_on_users
