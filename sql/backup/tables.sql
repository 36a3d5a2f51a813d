-- The tables that hold a tenant's rows, from the catalog: the columns dumped of each, and the statements that count, read and write its
-- rows. A row is a JSON array of its columns as text, sorted by the key. An embedding is in hexadecimal, because its text takes ten times
-- as long. Generated columns and those that identify the tenant are left out. Embedding spaces are numbered as in the file ("there"), not
-- as in this database ("here").
-- not null: name, columns, counting, reading, writing
WITH tables AS MATERIALIZED (
    SELECT
        t.id AS oid,
        t.name,
        t.relation,
        t.owner,
        t.is_ours,
        -- The other columns that identify the tenant.
        CASE t.id WHEN 'memdb.organizations'::regclass THEN ARRAY['id', 'slug', 'name'] ELSE ARRAY['org_id'] END AS identity
    FROM memdb.tenant_tables AS t
),
columns AS (
    SELECT
        t.oid,
        a.attname AS name,
        a.attnum AS place,
        row_number() OVER (PARTITION BY t.oid ORDER BY a.attnum) - 1 AS number,
        format_type(a.atttypid, a.atttypmod) AS type,
        -- Columns that are not written as their type's text.
        CASE
            WHEN t.is_ours AND a.attname = 'space' THEN 'space'
            WHEN t.is_ours AND a.attname = 'spaces' THEN 'spaces'
            WHEN t.is_ours AND a.atttypid = to_regtype('halfvec') THEN 'embedding'
            ELSE 'text'
        END AS form
    FROM tables AS t
    JOIN pg_attribute AS a ON a.attrelid = t.oid
    WHERE a.attnum > 0
        AND NOT a.attisdropped
        AND a.attgenerated = ''
        AND a.attname <> ALL (t.identity)
),
described AS (
    SELECT
        c.oid,
        array_agg(c.name::text ORDER BY c.place) AS names,
        string_agg(format('%I', c.name), ', ' ORDER BY c.place) AS quoted,
        -- A space dropped since its messages were archived has no number any more; 0 belongs to none.
        string_agg(
            CASE c.form
                WHEN 'space' THEN format('s.there[array_position(s.here, t.%I)]::text', c.name)
                WHEN 'spaces' THEN format(
                    'ARRAY(SELECT coalesce(s.there[array_position(s.here, x.space)], 0) '
                    'FROM unnest(t.%I) WITH ORDINALITY AS x (space, place) ORDER BY x.place)::text',
                    c.name
                )
                WHEN 'embedding' THEN format('encode(halfvec_send(t.%I), ''hex'')', c.name)
                ELSE format('t.%I::text', c.name)
            END,
            ', ' ORDER BY c.place
        ) AS read,
        string_agg(
            CASE c.form
                WHEN 'space' THEN format('s.here[array_position(s.there, (r.fields ->> %s)::smallint)]', c.number)
                WHEN 'spaces' THEN format(
                    'ARRAY(SELECT coalesce(s.here[array_position(s.there, x.space)], 0) '
                    'FROM unnest((r.fields ->> %s)::smallint[]) WITH ORDINALITY AS x (space, place) ORDER BY x.place)',
                    c.number
                )
                -- No function converts bytes to an embedding, so it is passed separately from the fields.
                WHEN 'embedding' THEN 'r.embedding'
                ELSE format('(r.fields ->> %s)::%s', c.number, c.type)
            END,
            ', ' ORDER BY c.place
        ) AS written,
        coalesce(
            max(
                CASE c.form
                    WHEN 'space' THEN format('coalesce(array_agg(DISTINCT t.%I), ''{}'')', c.name)
                    WHEN 'spaces' THEN format(
                        'ARRAY(SELECT DISTINCT x.space FROM %s AS a, unnest(a.%I) AS x (space) WHERE a.org_id = $1::uuid)',
                        (SELECT t.relation FROM tables AS t WHERE t.oid = c.oid),
                        c.name
                    )
                END
            ),
            '''{}''::smallint[]'
        ) AS spaces,
        max(c.number) FILTER (WHERE c.form = 'embedding') AS embedding
    FROM columns AS c
    GROUP BY c.oid
),
keys AS (
    -- An order that is the same in every database: by the spaces' numbers in the file, and by the bytes of texts.
    SELECT
        t.oid,
        string_agg(
            CASE
                WHEN t.is_ours AND a.attname = 'space' THEN 's.there[array_position(s.here, t.space)]'
                WHEN a.attcollation <> 0 THEN format('t.%I COLLATE "C"', a.attname)
                ELSE format('t.%I', a.attname)
            END,
            ', ' ORDER BY k.place
        ) AS ordering
    FROM tables AS t
    JOIN pg_constraint AS p ON p.conrelid = t.oid AND p.contype = 'p'
    CROSS JOIN unnest(p.conkey) WITH ORDINALITY AS k (number, place)
    JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.number
    GROUP BY t.oid
)
SELECT
    t.name AS name,
    d.names AS columns,
    d.embedding AS embedding,
    format('SELECT count(*) AS rows, %s AS spaces FROM %s AS t WHERE t.%I = $1::uuid', d.spaces, t.relation, t.owner) AS counting,
    format(
        'SELECT to_json(ARRAY[%s])::text AS line '
        'FROM %s AS t, (SELECT $2::smallint[] AS here, $3::smallint[] AS there) AS s WHERE t.%I = $1::uuid ORDER BY %s',
        d.read,
        t.relation,
        t.owner,
        k.ordering
    ) AS reading,
    format(
        'INSERT INTO %s (%s, %s) OVERRIDING SYSTEM VALUE SELECT %s, %s FROM unnest($4::text[]::jsonb[], $5::halfvec[]) AS r (fields, embedding), '
        '(SELECT $1::text[] AS identity, $2::smallint[] AS here, $3::smallint[] AS there) AS s',
        t.relation,
        array_to_string(t.identity, ', '),
        d.quoted,
        CASE t.oid WHEN 'memdb.organizations'::regclass THEN 's.identity[1]::uuid, s.identity[2], s.identity[3]' ELSE 's.identity[1]::uuid' END,
        d.written
    ) AS writing
FROM tables AS t
JOIN described AS d ON d.oid = t.oid
JOIN keys AS k ON k.oid = t.oid
ORDER BY t.name
