-- The types that statements use besides those that asyncpg knows by itself: arrays, pgvector's half-precision vectors, and memdb's domains.
-- `element` is set for an array, `base` for a domain.
-- not null: oid, schema, name
SELECT
    t.oid::bigint AS oid,
    n.nspname::text AS schema,
    t.typname::text AS name,
    nullif(t.typelem, 0)::bigint AS element,
    nullif(t.typbasetype, 0)::bigint AS base
FROM pg_type AS t
JOIN pg_namespace AS n ON n.oid = t.typnamespace
WHERE (t.typtype = 'd' AND t.typnamespace = to_regnamespace('memdb'))
    OR t.oid = ANY (
        ARRAY[
            'bool[]',
            'bytea[]',
            'float8[]',
            'int2[]',
            'int4[]',
            'int8[]',
            'interval[]',
            'jsonb[]',
            'text[]',
            'timestamptz[]',
            'uuid[]'
        ]::regtype[]
    )
    OR (
        t.typname IN ('halfvec', '_halfvec')
        AND t.typnamespace = (SELECT e.extnamespace FROM pg_extension AS e WHERE e.extname = 'vector')
    )
ORDER BY t.typelem, t.oid
