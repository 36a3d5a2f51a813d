-- depends: 0045_lighter_writes
-- Large scopes are searched for what has words enough of a question, not only for what has a rare one.

-- A query for what has words whose worth adds up to `threshold` or more, in whatever set. The words are in the order of falling worth; NULL if all of
-- them together are worth less.
CREATE FUNCTION memdb.words_worth(words tsquery[], worth double precision[], threshold double precision) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    with_first tsquery := words[1];
    without_first tsquery;
BEGIN
    -- Sums of the same in another order differ in their last digits.
    IF ((SELECT sum(w.worth) FROM unnest(worth) AS w (worth)) >= threshold - 1e-9) IS NOT TRUE THEN
        RETURN NULL;
    END IF;
    IF worth[1] < threshold - 1e-9 THEN
        with_first := with_first && memdb.words_worth(words[2:], worth[2:], threshold - worth[1]);
    END IF;
    without_first := memdb.words_worth(words[2:], worth[2:], threshold);
    RETURN coalesce(with_first || without_first, with_first, without_first);
END
$$;

-- Of the words, each likely in so many memories of a scope, what to look for to find about the `most` memories that have the most of them by BM25's
-- idf: a query that GIN answers without reading all that have a frequent word. `threshold` is what a memory's words are worth at least, so a word that
-- is worth as much is found wherever it is. Both are NULL where any of it would be far more. The eight rarest are weighed; of the others those count
-- that are as rare as to find no more than that by themselves.
CREATE FUNCTION memdb.telling(
    words tsquery[], likely double precision[], scope_size double precision, most double precision, OUT query tsquery, OUT threshold double precision
)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    weighed tsquery[];
    worth double precision[];
    shares double precision[];
    others tsquery;
BEGIN
    SELECT
        array_agg(w.word ORDER BY w.place) FILTER (WHERE w.place <= 8),
        array_agg(w.worth ORDER BY w.place) FILTER (WHERE w.place <= 8),
        array_agg(w.share ORDER BY w.place) FILTER (WHERE w.place <= 8),
        string_agg(w.word::text, '|') FILTER (WHERE w.place > 8 AND w.so_far <= most)::tsquery
    INTO weighed, worth, shares, others
    FROM (
        SELECT
            w.word,
            ln(1 + (greatest(scope_size, w.likely) - w.likely + 0.5) / (w.likely + 0.5)) AS worth,
            least(greatest(w.likely / greatest(scope_size, 1), 1e-9), 1 - 1e-9) AS share,
            row_number() OVER (ORDER BY w.likely, w.number) AS place,
            sum(w.likely) OVER (ORDER BY w.likely, w.number) AS so_far
        FROM unnest(words, likely) WITH ORDINALITY AS w (word, likely, number)
    ) AS w;
    -- Every set of them, as if they stood by chance: how much it is worth, and how often it is there without the others.
    SELECT min(s.worth)
    INTO threshold
    FROM (
        SELECT
            s.worth,
            sum(s.chance) OVER of_more_worth * scope_size AS expected,
            (sum(s.chance) OVER of_more_worth - s.chance) * scope_size AS before
        FROM (
            SELECT
                sum(w.worth) FILTER (WHERE s.set >> w.place::int - 1 & 1 = 1) AS worth,
                exp(sum(ln(CASE WHEN s.set >> w.place::int - 1 & 1 = 1 THEN w.share ELSE 1 - w.share END))) AS chance
            FROM generate_series(1, (1 << coalesce(cardinality(weighed), 0)) - 1) AS s (set)
            CROSS JOIN unnest(worth, shares) WITH ORDINALITY AS w (worth, share, place)
            GROUP BY s.set
        ) AS s
        WINDOW of_more_worth AS (ORDER BY s.worth DESC)
    ) AS s
    WHERE s.before < most / 2
        AND s.expected < most * 2;
    query := memdb.words_worth(weighed, worth, threshold);
    query := coalesce(query || others, query);
END
$$;

-- An agent's memories, of the entered tenant, that the filters let through and that have the words; if these are fewer than `fewest`, those that have
-- the other words as well. Under row-level security no index serves @@, because it is not leakproof; so this runs as memdb_admin, whose policy asks
-- for nothing, and keeps to the tenant itself. What it returns may be filtered, not widened. Services of the release before still call
-- memories_with_words.
CREATE FUNCTION memdb.memories_by_words(
    agent uuid, words tsquery, other_words tsquery, fewest integer, of_user uuid, in_session uuid, of_category text, with_tags text[],
    with_metadata jsonb, as_of timestamptz, since timestamptz, until timestamptz, part text
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
            AND memdb.contains(m.content, part);
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
        uuid, tsquery, tsquery, integer, uuid, uuid, text, text[], jsonb, timestamptz, timestamptz, timestamptz, text
    ) OWNER TO memdb_admin;
    REVOKE CREATE ON SCHEMA memdb FROM memdb_admin;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'large scopes are searched for words without an index until: ALTER FUNCTION memdb.memories_by_words OWNER TO memdb_admin';
END
$$;

REVOKE EXECUTE ON FUNCTION memdb.memories_by_words FROM PUBLIC;

GRANT EXECUTE ON FUNCTION memdb.memories_by_words TO memdb_app, memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0046_telling_words';
