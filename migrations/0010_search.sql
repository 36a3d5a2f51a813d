-- depends: 0009_embeddings
-- Search: what is in a scope, and how large scopes are searched through indexes.

-- Whether a search may find the memory: active and true at the time `as_of` (now, where it is NULL), and let through by the filters that are
-- not NULL. In one place, because every search must find the same; PostgreSQL puts its conditions in its place, as if they stood there.
CREATE FUNCTION memdb.in_scope(
    memory memdb.memories, agent uuid, of_user uuid, in_session uuid, of_category text, with_tags text[], with_metadata jsonb,
    as_of timestamptz, since timestamptz, until timestamptz
) RETURNS boolean
LANGUAGE sql STABLE
RETURN memory.agent_id = agent
    AND memory.deleted_at IS NULL
    AND (memory.expires_at IS NULL OR memory.expires_at > now())
    AND memory.valid_from <= coalesce(as_of, statement_timestamp())
    AND (memory.valid_until IS NULL OR memory.valid_until > coalesce(as_of, statement_timestamp()))
    -- What was superseded or merged since was active then.
    AND (memory.status = 'active' OR (as_of IS NOT NULL AND memory.status IN ('superseded', 'merged')))
    AND (of_user IS NULL OR memory.user_id = of_user)
    AND (in_session IS NULL OR memory.session_id = in_session)
    AND (of_category IS NULL OR memory.category = of_category OR memory.labels ? of_category)
    AND (with_tags IS NULL OR memory.tags @> with_tags)
    AND (with_metadata IS NULL OR memory.metadata @> with_metadata)
    AND (since IS NULL OR memory.created_at >= since)
    AND (until IS NULL OR memory.created_at < until);

-- An agent's memories, of the entered tenant, that have the words. Under row-level security no index serves @@, because it is not leakproof;
-- so this runs as memdb_admin, whose policy asks for nothing, and keeps to the tenant itself. What it returns may be filtered, not widened.
CREATE FUNCTION memdb.memories_with_words(agent uuid, words tsquery) RETURNS SETOF memdb.memories
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    tenant CONSTANT uuid := nullif(current_setting('memdb.org_id', true), '')::uuid;
BEGIN
    RETURN QUERY
    SELECT m.*
    FROM memdb.memories AS m
    WHERE m.org_id = tenant
        AND m.org_id::text = tenant::text
        AND m.agent_id = agent
        AND m.deleted_at IS NULL
        AND m.search @@ words;
END
$$;

-- An owner needs to be allowed to create, at the moment when it becomes one. Who may not act as memdb_admin keeps the function: it is as right
-- then, without the index.
DO $$
BEGIN
    GRANT CREATE ON SCHEMA memdb TO memdb_admin;
    ALTER FUNCTION memdb.memories_with_words(uuid, tsquery) OWNER TO memdb_admin;
    REVOKE CREATE ON SCHEMA memdb FROM memdb_admin;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'large scopes are searched for words without an index until: ALTER FUNCTION memdb.memories_with_words OWNER TO memdb_admin';
END
$$;

REVOKE EXECUTE ON FUNCTION memdb.memories_with_words(uuid, tsquery) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION memdb.memories_with_words(uuid, tsquery) TO memdb_app, memdb_admin;

-- What makes the indexes for large scopes: statements to be run one by one, outside a transaction, by the owner. An index that a broken-off
-- run left behind is dropped first. The HNSW graph is denser than pgvector's default (m = 16, ef_construction = 64): among a million embeddings
-- of many topics that one does not find its way to some of them, whatever ef_search is. The words' index has org_id as text, so that no other
-- statement takes it for an index on org_id.
CREATE FUNCTION memdb.index_statements(indexed_space smallint) RETURNS SETOF text
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

-- How much of its freshness a memory still has: half after its half-life, which depends on its category, the shortest if it has several labels
-- (in days; as in ibex). 1 for what is observed in the future.
CREATE FUNCTION memdb.recency(category text, labels jsonb, observed_at timestamptz, at timestamptz) RETURNS double precision
LANGUAGE sql STABLE PARALLEL SAFE
RETURN power(
    0.5::double precision,
    -- Later than 1,000 half-lives power() would report an underflow.
    least(greatest(extract(epoch FROM at)::double precision - extract(epoch FROM observed_at)::double precision, 0) / 86400 / CASE
        WHEN category = 'episodic' OR labels ? 'episodic' THEN 14
        WHEN category = 'behavioral' OR labels ? 'behavioral' THEN 30
        WHEN category = 'preference' OR labels ? 'preference' THEN 45
        WHEN category = 'procedural' OR labels ? 'procedural' THEN 120
        ELSE 180
    END, 1000)
);

-- A parameter of this type lets its statement be planned for the values it is given, as PostgreSQL receives it (Bind): a generic plan for
-- "this filter, or none" would read the whole scope. The setting ends with the transaction.
CREATE FUNCTION memdb.plan_for_values(wanted boolean) RETURNS boolean
LANGUAGE sql VOLATILE
RETURN NOT wanted OR pg_catalog.set_config('plan_cache_mode', 'force_custom_plan', true) IS NOT NULL;

CREATE DOMAIN memdb.planned_for_values AS boolean
    CONSTRAINT planned_for_values_is_set CHECK (memdb.plan_for_values(VALUE));

-- A parameter of this type is HNSW's ef_search for its statement: how many candidates a scan of the index keeps. The scan goes on where the
-- filters let too few through, but not through more than a part of the table: what is left then is the exact search's.
CREATE FUNCTION memdb.use_hnsw(ef_search integer) RETURNS boolean
LANGUAGE sql VOLATILE
RETURN pg_catalog.set_config('hnsw.ef_search', ef_search::text, true) IS NOT NULL
    AND pg_catalog.set_config('hnsw.iterative_scan', 'relaxed_order', true) IS NOT NULL
    AND pg_catalog.set_config('hnsw.max_scan_tuples', '40000', true) IS NOT NULL
    AND memdb.plan_for_values(true);

CREATE DOMAIN memdb.hnsw_ef_search AS integer
    CONSTRAINT hnsw_ef_search_range CHECK (VALUE BETWEEN 1 AND 1000)
    CONSTRAINT hnsw_ef_search_is_set CHECK (memdb.use_hnsw(VALUE));

COMMENT ON SCHEMA memdb IS 'memdb 0010_search';
