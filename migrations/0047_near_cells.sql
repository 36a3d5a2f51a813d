-- depends: 0046_telling_words
-- Large scopes are searched far among the nearest by an index that is cheap to read far: of the signs of embeddings, in cells. And by a statement of its
-- own, so that the rest of a search need not be planned for its values each time.

-- `bits` are the signs of an embedding: close ones have most of them in common.
CREATE OR REPLACE PROCEDURE memdb.define_indexed_embeddings()
LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE (
        SELECT
            'CREATE OR REPLACE VIEW memdb.indexed_embeddings WITH (security_invoker = true) AS '
            || string_agg(
                format(
                    'SELECT e.org_id, e.memory_id, e.agent_id, %s::smallint AS space, e.embedding::%I.halfvec(%s)::%2$I.halfvec AS embedding, '
                    '%2$I.binary_quantize(e.embedding)::bit(%3$s)::"bit" AS bits '
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

-- As in 0010, and the cells: about as many as each has embeddings. The table may never have been analyzed.
CREATE OR REPLACE FUNCTION memdb.index_statements(indexed_space smallint) RETURNS SETOF text
LANGUAGE sql STABLE
AS $$
    SELECT format('DROP INDEX CONCURRENTLY %s', i.indexrelid::regclass)
    FROM pg_index AS i
    WHERE NOT i.indisvalid
        AND i.indexrelid IN (
            to_regclass(format('memdb.memory_embeddings_%s_hnsw', indexed_space)),
            to_regclass(format('memdb.memory_embeddings_%s_cells', indexed_space)),
            to_regclass('memdb.memories_words')
        )
    UNION ALL
    SELECT format(
        'CREATE INDEX CONCURRENTLY IF NOT EXISTS memory_embeddings_%s_' || i.index,
        s.space,
        n.nspname,
        s.dimension,
        least(sqrt(greatest(t.reltuples, pg_stat_get_live_tuples(t.oid), 1)), 32768)::int
    )
    FROM memdb.embedding_spaces AS s
    JOIN pg_class AS t ON t.oid = to_regclass(format('memdb.memory_embeddings_%s', s.space))
    CROSS JOIN pg_extension AS x
    JOIN pg_namespace AS n ON n.oid = x.extnamespace
    CROSS JOIN unnest(ARRAY[
        'hnsw ON memdb.memory_embeddings_%1$s '
        'USING hnsw ((embedding::%2$I.halfvec(%3$s)) %2$I.halfvec_cosine_ops) WITH (m = 32, ef_construction = 128)',
        'cells ON memdb.memory_embeddings_%1$s '
        'USING ivfflat ((%2$I.binary_quantize(embedding)::bit(%3$s)) %2$I.bit_hamming_ops) WITH (lists = %4$s)'
    ]) WITH ORDINALITY AS i (index, number)
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

-- As memdb.hnsw_ef_search, without a word on plans.
CREATE FUNCTION memdb.reach_by_hnsw(ef_search integer) RETURNS boolean
LANGUAGE sql VOLATILE
RETURN pg_catalog.set_config('hnsw.ef_search', ef_search::text, true) IS NOT NULL
    AND pg_catalog.set_config('hnsw.iterative_scan', 'relaxed_order', true) IS NOT NULL
    AND pg_catalog.set_config('hnsw.max_scan_tuples', '40000', true) IS NOT NULL;

CREATE DOMAIN memdb.hnsw_reach AS integer
    CONSTRAINT hnsw_reach_range CHECK (VALUE BETWEEN 1 AND 1000)
    CONSTRAINT hnsw_reach_is_set CHECK (memdb.reach_by_hnsw(VALUE));

-- A parameter of this type is how many cells are looked through for its statement, and no more: others' embeddings are in them, too.
CREATE FUNCTION memdb.reach_by_cells(probes integer) RETURNS boolean
LANGUAGE sql VOLATILE
RETURN pg_catalog.set_config('ivfflat.probes', probes::text, true) IS NOT NULL
    AND pg_catalog.set_config('ivfflat.iterative_scan', 'off', true) IS NOT NULL;

CREATE DOMAIN memdb.cells_reach AS integer
    CONSTRAINT cells_reach_range CHECK (VALUE BETWEEN 1 AND 32768)
    CONSTRAINT cells_reach_is_set CHECK (memdb.reach_by_cells(VALUE));

-- An agent's memories nearest to an embedding, of the entered tenant, that the filters let through, by the HNSW index or by the cells; `search` only of
-- those that have a word of `words`. Either index serves an order with a limit that the planner knows, so this is planned for its values.
DO $do$
BEGIN
    EXECUTE format(
        $create$
        CREATE FUNCTION memdb.memories_near(
            agent uuid, in_space smallint, toward %I.halfvec, most integer, by_cells boolean, words tsquery, required tsquery, of_user uuid,
            in_session uuid, of_category text, with_tags text[], with_metadata jsonb, as_of timestamptz, since timestamptz, until timestamptz,
            part text
        ) RETURNS TABLE (id uuid, session_id uuid, search tsvector, nearness double precision)
        LANGUAGE plpgsql STABLE
        SET plan_cache_mode = force_custom_plan
        AS $$
        DECLARE
            tenant CONSTANT uuid := nullif(current_setting('memdb.org_id', true), '')::uuid;
            signs CONSTANT "bit" := binary_quantize(toward);
        BEGIN
            IF by_cells THEN
                RETURN QUERY
                SELECT
                    m.id,
                    m.session_id,
                    CASE WHEN m.search @@ words THEN m.search END,
                    1 - nullif(e.embedding <=> toward, 'NaN')
                FROM memdb.indexed_embeddings AS e
                JOIN memdb.memories AS m ON m.org_id = e.org_id AND m.id = e.memory_id
                WHERE e.org_id = tenant
                    AND e.space = in_space
                    AND e.agent_id = agent
                    AND m.org_id = tenant
                    AND memdb.in_scope(m, agent, of_user, in_session, of_category, with_tags, with_metadata, as_of, since, until)
                    AND memdb.contains(m.content, part)
                    AND CASE WHEN required IS NULL THEN true ELSE m.search @@ required END
                ORDER BY e.bits <~> signs
                LIMIT most;
            ELSE
                RETURN QUERY
                SELECT
                    m.id,
                    m.session_id,
                    CASE WHEN m.search @@ words THEN m.search END,
                    -- A zero vector has no direction, so its cosine distance is NaN.
                    1 - nullif(e.embedding <=> toward, 'NaN')
                FROM memdb.indexed_embeddings AS e
                JOIN memdb.memories AS m ON m.org_id = e.org_id AND m.id = e.memory_id
                WHERE e.org_id = tenant
                    AND e.space = in_space
                    AND e.agent_id = agent
                    AND m.org_id = tenant
                    AND memdb.in_scope(m, agent, of_user, in_session, of_category, with_tags, with_metadata, as_of, since, until)
                    AND memdb.contains(m.content, part)
                    AND CASE WHEN required IS NULL THEN true ELSE m.search @@ required END
                ORDER BY e.embedding <=> toward
                LIMIT most;
            END IF;
        END
        $$
        $create$,
        (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'vector')
    );
END
$do$;

-- As in 0046, but no more than `most` of either, NULL for all: where all words are frequent, those that are also near are found by the embedding.
CREATE FUNCTION memdb.memories_by_words(
    agent uuid, words tsquery, other_words tsquery, fewest integer, of_user uuid, in_session uuid, of_category text, with_tags text[],
    with_metadata jsonb, as_of timestamptz, since timestamptz, until timestamptz, part text, most integer
) RETURNS TABLE (id uuid, session_id uuid, search tsvector)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    tenant CONSTANT uuid := nullif(current_setting('memdb.org_id', true), '')::uuid;
    wanted tsquery := words;
    found bigint := 0;
BEGIN
    LOOP
        RETURN QUERY
        SELECT
            m.id,
            m.session_id,
            m.search
        FROM memdb.memories AS m
        WHERE m.org_id = tenant
            AND m.org_id::text = tenant::text
            AND m.agent_id = agent
            AND m.deleted_at IS NULL
            AND m.search @@ wanted
            AND memdb.in_scope(
                m, agent, of_user, in_session, of_category, with_tags, with_metadata, as_of, since, until
            )
            AND memdb.contains(m.content, part)
        LIMIT most;
        GET DIAGNOSTICS found = ROW_COUNT;
        EXIT WHEN other_words IS NULL OR found >= fewest;
        wanted := coalesce(other_words && !! words, other_words);
        other_words := NULL;
    END LOOP;
END
$$;

-- As in 0010.
DO $$
BEGIN
    GRANT CREATE ON SCHEMA memdb TO memdb_admin;
    ALTER FUNCTION memdb.memories_by_words(
        uuid, tsquery, tsquery, integer, uuid, uuid, text, text[], jsonb, timestamptz, timestamptz, timestamptz, text, integer
    ) OWNER TO memdb_admin;
    REVOKE CREATE ON SCHEMA memdb FROM memdb_admin;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'large scopes are searched for words without an index until: ALTER FUNCTION memdb.memories_by_words OWNER TO memdb_admin';
END
$$;

REVOKE EXECUTE ON FUNCTION memdb.memories_by_words(
    uuid, tsquery, tsquery, integer, uuid, uuid, text, text[], jsonb, timestamptz, timestamptz, timestamptz, text, integer
) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION memdb.memories_by_words(
    uuid, tsquery, tsquery, integer, uuid, uuid, text, text[], jsonb, timestamptz, timestamptz, timestamptz, text, integer
) TO memdb_app, memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0047_near_cells';
