-- The statements that select up to $2 of a tenant's ($1) rows, and the one that counts all of them. Rows that are removed with others are
-- not selected. Of rows that keep others of their own table, those that none keeps come first.
-- not null: purpose, text
WITH tables AS MATERIALIZED (
    SELECT
        t.*,
        (SELECT string_agg(format('t.%I', k.name), ', ' ORDER BY k.place) FROM unnest(t.key) WITH ORDINALITY AS k (name, place)) AS ordering
    FROM memdb.tenant_tables AS t
    WHERE NOT t.is_kept
),
refs AS MATERIALIZED (
    SELECT r.*
    FROM memdb.tenant_references AS r
)
SELECT
    'of_tenant' AS purpose,
    t.name AS table_name,
    format(
        'SELECT %s AS key FROM %s AS t WHERE t.%I = $1::uuid%s ORDER BY %s LIMIT $2::int',
        t.key_text,
        t.relation,
        t.owner,
        (
            SELECT string_agg(
                format(
                    ' AND NOT EXISTS (SELECT FROM %s AS k WHERE k.%I = $1 AND (%s) = (%s))',
                    t.relation,
                    t.owner,
                    (SELECT string_agg(format('k.%I', c), ', ') FROM unnest(r.columns) AS c),
                    (SELECT string_agg(format('t.%I', c), ', ') FROM unnest(r.parent_columns) AS c)
                ),
                ''
            )
            FROM refs AS r
            WHERE r.parent = t.id
                AND r.child = t.id
                AND r.fate = 'keeper'
        ),
        t.ordering
    ) AS text
FROM tables AS t
WHERE NOT EXISTS (SELECT FROM refs AS r WHERE r.child = t.id AND r.fate = 'part' AND r.clearable = '{}')
UNION ALL
SELECT
    'count_of_tenant',
    NULL,
    string_agg(
        format('SELECT %L AS table_name, count(*) AS rows FROM %s AS t WHERE t.%I = $1::uuid', t.name, t.relation, t.owner),
        ' UNION ALL ' ORDER BY t.name
    )
FROM tables AS t
