-- The statements that select up to $3 rows of a tenant ($1) that ended before a time ($2), and those that name a hold on any of a table's
-- rows. A row is not selected if its user or agent is under a hold, if it is contained in such a row or contains one, or if another row
-- keeps it.
-- not null: purpose, text
WITH RECURSIVE tables AS MATERIALIZED (
    SELECT t.*
    FROM memdb.tenant_tables AS t
    WHERE NOT t.is_kept
),
refs AS MATERIALIZED (
    SELECT r.*
    FROM memdb.tenant_references AS r
),
-- From a row to its containers.
paths AS (
    SELECT
        t.id,
        t.id AS at,
        0 AS length,
        ARRAY[t.id] AS passed,
        NULL COLLATE "C" AS relations,
        NULL COLLATE "C" AS conditions
    FROM tables AS t
    UNION ALL
    SELECT
        p.id,
        r.parent,
        p.length + 1,
        p.passed || r.parent,
        concat_ws(', ', p.relations, format('%s AS p%s', t.relation, p.length + 1)),
        concat_ws(
            ' AND ',
            p.conditions,
            format('p%s.%I = $1', p.length + 1, t.owner),
            (
                SELECT string_agg(
                    format(CASE p.length WHEN 0 THEN 'p%s.%I = t.%I' ELSE 'p%1$s.%2$I = p%4$s.%3$I' END, p.length + 1, c.theirs, c.ours, p.length),
                    ' AND '
                )
                FROM unnest(r.columns, r.parent_columns) AS c (ours, theirs)
            )
        )
    FROM paths AS p
    JOIN refs AS r ON r.child = p.at
    JOIN tables AS t ON t.id = r.parent
    WHERE r.spreads
        AND r.fate IN ('content', 'link')
        AND r.parent <> ALL (p.passed)
        -- Rows referred to as the user or agent are covered as owners.
        AND NOT EXISTS (SELECT FROM tables AS c WHERE c.id = r.child AND r.columns && (c.user_columns || c.agent_columns))
),
held AS MATERIALIZED (
    SELECT
        p.id,
        string_agg(
            CASE p.length
                WHEN 0 THEN w.condition
                ELSE format('EXISTS (SELECT FROM %s WHERE %s AND (%s))', p.relations, p.conditions, w.condition)
            END,
            ' OR '
            ORDER BY p.length
        ) AS condition
    FROM paths AS p
    JOIN tables AS t ON t.id = p.at
    CROSS JOIN LATERAL (
        SELECT string_agg(format('h.%s = %s.%I', c.kind, CASE p.length WHEN 0 THEN 't' ELSE 'p' || p.length END, c.name), ' OR ') AS condition
        FROM (
            SELECT 'user_id', unnest(t.user_columns)
            UNION ALL
            SELECT 'agent_id', unnest(t.agent_columns)
        ) AS c (kind, name)
    ) AS w
    WHERE w.condition IS NOT NULL
    GROUP BY p.id
),
kept AS (
    SELECT
        r.parent AS id,
        string_agg(
            format(
                ' AND NOT EXISTS (SELECT FROM %s AS c%s WHERE c.%I = $1 AND %s%s)',
                c.relation,
                CASE r.fate WHEN 'content' THEN ', memdb.legal_holds AS h' END,
                c.owner,
                e.condition,
                CASE r.fate WHEN 'content' THEN format(' AND h.org_id = $1 AND h.released_at IS NULL AND (%s)', w.condition) END
            ),
            ''
        ) AS condition
    FROM refs AS r
    JOIN tables AS c ON c.id = r.child
    CROSS JOIN LATERAL (
        SELECT string_agg(format('c.%I = t.%I', k.ours, k.theirs), ' AND ') AS condition
        FROM unnest(r.columns, r.parent_columns) AS k (ours, theirs)
    ) AS e
    CROSS JOIN LATERAL (
        SELECT string_agg(format('h.%s = c.%I', o.kind, o.name), ' OR ') AS condition
        FROM (
            SELECT 'user_id', unnest(c.user_columns)
            UNION ALL
            SELECT 'agent_id', unnest(c.agent_columns)
        ) AS o (kind, name)
        WHERE o.name <> ALL (r.columns)
    ) AS w
    WHERE e.condition IS NOT NULL
        AND (r.fate = 'keeper' OR (r.fate = 'content' AND w.condition IS NOT NULL))
    GROUP BY r.parent
)
SELECT
    'ended' AS purpose,
    t.name AS table_name,
    format(
        'SELECT %s AS key FROM %s AS t WHERE t.%I = $1::uuid AND %s'
        ' AND memdb.must($2 < now() + interval ''1 minute'', ''deleted_before'', ''must not be in the future'')%s%s LIMIT $3::int',
        t.key_text,
        t.relation,
        t.owner,
        CASE cardinality(t.ended_by)
            -- Either index serves: the one on the column, or the one on the expression that only this statement uses.
            WHEN 1 THEN format(
                't.%1$I < least($2::timestamptz, now()) AND coalesce(t.%1$I, ''-infinity'') > ''-infinity'''
                ' AND coalesce(t.%1$I, ''-infinity'') < least($2, now())',
                t.ended_by[1]
            )
            ELSE format(
                'coalesce(%s) < least($2::timestamptz, now())',
                (SELECT string_agg(format('t.%I', e.name), ', ' ORDER BY e.place) FROM unnest(t.ended_by) WITH ORDINALITY AS e (name, place))
            )
        END,
        ' AND NOT EXISTS (SELECT FROM memdb.legal_holds AS h WHERE h.org_id = $1 AND h.released_at IS NULL AND (' || h.condition || '))',
        k.condition
    ) AS text
FROM tables AS t
LEFT JOIN held AS h ON h.id = t.id
LEFT JOIN kept AS k ON k.id = t.id
WHERE t.ended_by <> '{}'
UNION ALL
SELECT
    'held',
    t.name,
    format(
        'WITH given AS MATERIALIZED (%s) SELECT min(h.name COLLATE "C") AS name FROM memdb.legal_holds AS h'
        ' WHERE h.org_id = $1::uuid AND h.released_at IS NULL AND ((h.user_id IS NULL AND h.agent_id IS NULL)%s)',
        t.given_keys,
        -- NULL as a whole if the table's rows belong to no user or agent.
        ' OR EXISTS (SELECT FROM ' || t.relation || format(' AS t WHERE t.%I = $1 AND ', t.owner) || memdb.is_among(t.key, 'given', t.key)
        || ' AND (' || h.condition || '))'
    )
FROM tables AS t
LEFT JOIN held AS h ON h.id = t.id
