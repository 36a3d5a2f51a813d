DROP FUNCTION memdb.memories_by_words(
    uuid, tsquery, tsquery, integer, uuid, uuid, text, text[], jsonb, timestamptz, timestamptz, timestamptz, text, integer
);

DO $do$
DECLARE
    made regclass;
BEGIN
    FOR made IN
        SELECT to_regclass(format('memdb.memory_embeddings_%s_cells', s.space))
        FROM memdb.embedding_spaces AS s
        WHERE to_regclass(format('memdb.memory_embeddings_%s_cells', s.space)) IS NOT NULL
    LOOP
        EXECUTE format('DROP INDEX %s', made);
    END LOOP;
    EXECUTE format(
        'DROP FUNCTION memdb.memories_near(
            uuid, smallint, %I.halfvec, integer, boolean, tsquery, tsquery, uuid, uuid, text, text[], jsonb, timestamptz, timestamptz, timestamptz, text
        )',
        (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'vector')
    );
END
$do$;

DROP DOMAIN memdb.cells_reach;

DROP FUNCTION memdb.reach_by_cells(integer);

DROP DOMAIN memdb.hnsw_reach;

DROP FUNCTION memdb.reach_by_hnsw(integer);

CREATE OR REPLACE FUNCTION memdb.index_statements(indexed_space smallint) RETURNS SETOF text
LANGUAGE sql STABLE
AS $$
    SELECT format('DROP INDEX CONCURRENTLY %s', i.indexrelid::regclass)
    FROM pg_index AS i
    WHERE NOT i.indisvalid
        AND i.indexrelid IN (to_regclass(format('memdb.memory_embeddings_%s_hnsw', indexed_space)), to_regclass('memdb.memories_words'))
    UNION ALL
    SELECT format(
        'CREATE INDEX CONCURRENTLY IF NOT EXISTS memory_embeddings_%s_hnsw ON memdb.memory_embeddings_%1$s '
        'USING hnsw ((embedding::%I.halfvec(%s)) %2$I.halfvec_cosine_ops) WITH (m = 32, ef_construction = 128)',
        s.space,
        n.nspname,
        s.dimension
    )
    FROM memdb.embedding_spaces AS s, pg_extension AS x
    JOIN pg_namespace AS n ON n.oid = x.extnamespace
    WHERE s.space = indexed_space
        AND x.extname = 'vector'
    UNION ALL
    SELECT 'CREATE EXTENSION IF NOT EXISTS btree_gin'
    FROM pg_available_extensions AS x
    WHERE x.name = 'btree_gin'
    UNION ALL
    SELECT format(
        'CREATE INDEX CONCURRENTLY IF NOT EXISTS memories_words ON memdb.memories USING gin (%s) WHERE deleted_at IS NULL',
        -- Without the extension the words of all tenants are looked through.
        concat_ws(', ', (SELECT '(org_id::text)' FROM pg_available_extensions AS x WHERE x.name = 'btree_gin'), 'search')
    )
$$;

DROP VIEW memdb.indexed_embeddings;

CREATE OR REPLACE PROCEDURE memdb.define_indexed_embeddings()
LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE (
        SELECT
            'CREATE OR REPLACE VIEW memdb.indexed_embeddings WITH (security_invoker = true) AS '
            || string_agg(
                format(
                    'SELECT e.org_id, e.memory_id, e.agent_id, %s::smallint AS space, e.embedding::%I.halfvec(%s)::%2$I.halfvec AS embedding '
                    'FROM memdb.memory_embeddings_%1$s AS e',
                    s.space,
                    n.nspname,
                    s.dimension
                ),
                ' UNION ALL ' ORDER BY s.space
            )
        FROM memdb.embedding_spaces AS s, pg_extension AS x
        JOIN pg_namespace AS n ON n.oid = x.extnamespace
        WHERE x.extname = 'vector'
    );
END
$$;

CALL memdb.define_indexed_embeddings();

GRANT SELECT ON memdb.indexed_embeddings TO memdb_app, memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0046_telling_words';
