CREATE SCHEMA memdb;

COMMENT ON SCHEMA memdb IS 'memdb 0048_put_item';

CREATE TYPE memdb.assertion AS (
	id uuid,
	entity_id uuid,
	entities uuid[],
	link_named boolean,
	session_id uuid,
	user_id uuid,
	event_id uuid,
	valid_from timestamp with time zone,
	valid_until timestamp with time zone,
	expires_at timestamp with time zone,
	confidence double precision,
	importance double precision,
	sensitive boolean,
	needs_confirmation boolean,
	embedded boolean,
	attribute text,
	category text,
	speaker text,
	context text,
	content text,
	annotation text,
	value jsonb,
	metadata jsonb
);

CREATE FUNCTION memdb.reach_by_cells(probes integer) RETURNS boolean
    LANGUAGE sql
    RETURN ((set_config('ivfflat.probes'::text, (probes)::text, true) IS NOT NULL) AND (set_config('ivfflat.iterative_scan'::text, 'off'::text, true) IS NOT NULL));

CREATE DOMAIN memdb.cells_reach AS integer
	CONSTRAINT cells_reach_is_set CHECK (memdb.reach_by_cells(VALUE))
	CONSTRAINT cells_reach_range CHECK (((VALUE >= 1) AND (VALUE <= 32768)));

CREATE TYPE memdb.given_item AS (
	id uuid,
	path text,
	namespace text[],
	key text,
	gone boolean,
	value jsonb,
	letters text,
	time_to_live interval
);

CREATE FUNCTION memdb.plan_for_values(wanted boolean) RETURNS boolean
    LANGUAGE sql
    RETURN (set_config('plan_cache_mode'::text, CASE WHEN wanted THEN 'force_custom_plan'::text ELSE 'force_generic_plan'::text END, true) IS NOT NULL);

CREATE FUNCTION memdb.use_hnsw(ef_search integer) RETURNS boolean
    LANGUAGE sql
    RETURN ((set_config('hnsw.ef_search'::text, (ef_search)::text, true) IS NOT NULL) AND (set_config('hnsw.iterative_scan'::text, 'relaxed_order'::text, true) IS NOT NULL) AND (set_config('hnsw.max_scan_tuples'::text, '40000'::text, true) IS NOT NULL) AND memdb.plan_for_values(true));

CREATE DOMAIN memdb.hnsw_ef_search AS integer
	CONSTRAINT hnsw_ef_search_is_set CHECK (memdb.use_hnsw(VALUE))
	CONSTRAINT hnsw_ef_search_range CHECK (((VALUE >= 1) AND (VALUE <= 1000)));

CREATE FUNCTION memdb.reach_by_hnsw(ef_search integer) RETURNS boolean
    LANGUAGE sql
    RETURN ((set_config('hnsw.ef_search'::text, (ef_search)::text, true) IS NOT NULL) AND (set_config('hnsw.iterative_scan'::text, 'relaxed_order'::text, true) IS NOT NULL) AND (set_config('hnsw.max_scan_tuples'::text, '40000'::text, true) IS NOT NULL));

CREATE DOMAIN memdb.hnsw_reach AS integer
	CONSTRAINT hnsw_reach_is_set CHECK (memdb.reach_by_hnsw(VALUE))
	CONSTRAINT hnsw_reach_range CHECK (((VALUE >= 1) AND (VALUE <= 1000)));

CREATE DOMAIN memdb.planned_for_values AS boolean
	CONSTRAINT planned_for_values_is_set CHECK (memdb.plan_for_values(VALUE));

CREATE TYPE memdb.saying AS (
	begins timestamp with time zone,
	confidence double precision,
	holds tstzmultirange
);

CREATE FUNCTION memdb.enter(org uuid) RETURNS uuid
    LANGUAGE sql
    RETURN (set_config('memdb.org_id'::text, (org)::text, true))::uuid;

CREATE DOMAIN memdb.tenant AS uuid
	CONSTRAINT tenant_is_entered CHECK ((memdb.enter(VALUE) IS NOT NULL))
	CONSTRAINT tenant_is_given CHECK ((VALUE IS NOT NULL));

CREATE FUNCTION memdb.acronyms(language text, content text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $_$
DECLARE
    stopping CONSTANT regconfig := ('pg_catalog.' || language)::regconfig;
BEGIN
    IF content !~ '(?:^|[^a-zA-Z0-9])[A-Z]{2,5}(?:[^a-zA-Z0-9]|$)' THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(
        SELECT c.capitals
        FROM (
            SELECT DISTINCT r.found[1] AS capitals
            FROM regexp_matches(content, '(?<![a-zA-Z0-9\u0080-\u1fff])[A-Z]{2,5}(?![a-zA-Z0-9\u0080-\u1fff])', 'g') AS r (found)
        ) AS c
        WHERE length(to_tsvector(stopping, c.capitals)) = 0
    );
END
$_$;

CREATE PROCEDURE memdb.add_embeddings_of(IN owner regclass, IN kind text)
    LANGUAGE plpgsql
    AS $_$
DECLARE
    existing memdb.embedding_spaces;
BEGIN
    EXECUTE format(
        'CREATE TABLE memdb.%1$I (
            org_id uuid NOT NULL,
            %2$I uuid NOT NULL,
            agent_id uuid NOT NULL,
            space smallint NOT NULL,
            embedding %3$I.halfvec,
            CONSTRAINT %4$I PRIMARY KEY (org_id, %2$I, space),
            CONSTRAINT %5$I FOREIGN KEY (org_id, %2$I) REFERENCES %6$s (org_id, id) ON DELETE CASCADE
        ) PARTITION BY LIST (space)',
        kind || '_embeddings',
        kind || '_id',
        (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'vector'),
        kind || '_embeddings_pkey',
        kind || '_embeddings_' || kind || '_exists',
        owner
    );
    EXECUTE format('ALTER TABLE memdb.%I ALTER COLUMN embedding SET STORAGE PLAIN', kind || '_embeddings');
    EXECUTE format(
        'CREATE INDEX %I ON memdb.%I (org_id, agent_id, %I)', kind || '_embeddings_of_agent', kind || '_embeddings', kind || '_id'
    );
    FOR existing IN SELECT s.* FROM memdb.embedding_spaces AS s LOOP
        CALL memdb.add_space_to(format('memdb.%I', kind || '_embeddings')::regclass, existing.space, existing.dimension);
    END LOOP;
    EXECUTE format(
        'INSERT INTO memdb.%I (org_id, %I, agent_id, space)
        SELECT o.org_id, o.id, o.agent_id, (SELECT min(s.space) FROM memdb.embedding_spaces AS s) FROM %s AS o',
        kind || '_embeddings',
        kind || '_id',
        owner
    );
    EXECUTE format('ANALYZE memdb.%I', kind || '_embeddings');
    CALL memdb.isolate(format('memdb.%I', kind || '_embeddings')::regclass);
    EXECUTE format(
        'GRANT SELECT, INSERT, UPDATE (embedding) ON memdb.%I TO %I', kind || '_embeddings', memdb.database_role('app')
    );
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.%I TO %I', kind || '_embeddings', memdb.database_role('admin'));
END
$_$;

CREATE PROCEDURE memdb.add_space_to(IN embeddings regclass, IN added smallint, IN dimension integer)
    LANGUAGE plpgsql
    AS $$
DECLARE
    name CONSTANT text := (SELECT c.relname FROM pg_class AS c WHERE c.oid = embeddings);
BEGIN
    EXECUTE format(
        'CREATE TABLE memdb.%I PARTITION OF %s (CONSTRAINT %I CHECK (%I.vector_dims(embedding) = %s)) FOR VALUES IN (%s)',
        format('%s_%s', name, added),
        embeddings,
        format('%s_dimension', name),
        (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'vector'),
        dimension,
        added
    );
    CALL memdb.isolate(format('memdb.%I', format('%s_%s', name, added))::regclass);
    EXECUTE format(
        'GRANT SELECT ON memdb.%I TO %I, %I',
        format('%s_%s', name, added),
        memdb.database_role('app'),
        memdb.database_role('admin')
    );
END
$$;

CREATE FUNCTION memdb.asks(content text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((strpos(content, '?'::text) > 0) OR (strpos(content, '？'::text) > 0) OR (strpos(content, '؟'::text) > 0));

CREATE FUNCTION memdb.fact_key(value jsonb, content text) RETURNS bytea
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
BEGIN
    RETURN CASE jsonb_typeof(value)
        WHEN 'string' THEN memdb.content_hash('string ' || (value #>> '{}'))
        WHEN 'number' THEN memdb.content_hash('number ' || trim_scale(value::numeric))
        ELSE CASE WHEN value IS NULL THEN memdb.content_hash(content) ELSE sha256(convert_to(normalize(value::text), 'UTF8')) END
    END;
END
$$;

CREATE FUNCTION memdb.new_id() RETURNS uuid
    LANGUAGE sql PARALLEL SAFE
    RETURN uuidv7();

CREATE FUNCTION memdb.words(language text, content text, asked boolean DEFAULT false) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $_$
DECLARE
    visible text;
BEGIN
    -- Most texts have nothing that the parser does not know.
    IF content !~ (
        '[^\u0001-\u007f]|[<>&]|[a-zA-Z0-9][._/\\:@=?#+~-]+[a-zA-Z0-9]|(?:^|\s)[/~]|[a-z0-9][A-Z]|[A-Z][A-Z][a-z]|[a-zA-Z](?:\+\+|#)'
        '|[-+][.]?[0-9]|(?:^|[^a-zA-Z0-9])[A-Z]{2,5}(?:[^a-zA-Z0-9]|$)'
    ) THEN
        RETURN to_tsvector(('memdb.' || language)::regconfig, content);
    END IF;
    visible := memdb.visible(content);
    RETURN memdb.placed(language, memdb.spaced(visible, asked)) || memdb.unplaced(language, visible);
END
$_$;

CREATE TABLE memdb.facts (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    agent_id uuid NOT NULL,
    entity_id uuid NOT NULL,
    session_id uuid,
    user_id uuid,
    event_id uuid,
    superseded_by uuid,
    ingested_at timestamp with time zone DEFAULT now() NOT NULL,
    invalidated_at timestamp with time zone,
    valid_from timestamp with time zone DEFAULT now() NOT NULL,
    valid_until timestamp with time zone,
    held_until timestamp with time zone,
    expires_at timestamp with time zone,
    confirmed_at timestamp with time zone,
    retrieved_at timestamp with time zone,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    confidence double precision DEFAULT 0.8 NOT NULL,
    importance double precision DEFAULT 0.5 NOT NULL,
    vitality double precision,
    retrievals integer DEFAULT 0 NOT NULL,
    confirmations integer DEFAULT 0 NOT NULL,
    corrections integer DEFAULT 0 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    embedded boolean DEFAULT false NOT NULL,
    sensitive boolean DEFAULT false NOT NULL,
    needs_confirmation boolean DEFAULT false NOT NULL,
    stale boolean DEFAULT false NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    search tsvector GENERATED ALWAYS AS (memdb.words(language, content)) STORED NOT NULL,
    language text DEFAULT 'english'::text NOT NULL,
    attribute text,
    category text,
    speaker text,
    context text,
    content text NOT NULL,
    annotation text,
    value jsonb,
    same_key bytea GENERATED ALWAYS AS (memdb.fact_key(value, content)) STORED NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    said memdb.saying[] DEFAULT '{}'::memdb.saying[] NOT NULL,
    past boolean DEFAULT false NOT NULL,
    apart uuid,
    CONSTRAINT facts_annotation_length CHECK (((char_length(annotation) >= 1) AND (char_length(annotation) <= 8192))),
    CONSTRAINT facts_category_length CHECK (((char_length(category) >= 1) AND (char_length(category) <= 64))),
    CONSTRAINT facts_confidence_range CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
    CONSTRAINT facts_content_length CHECK ((char_length(content) <= 8192)),
    CONSTRAINT facts_content_not_empty CHECK ((content ~ '\S'::text)),
    CONSTRAINT facts_context_length CHECK (((char_length(context) >= 1) AND (char_length(context) <= 512))),
    CONSTRAINT facts_expiry_after_ingestion CHECK ((expires_at > ingested_at)),
    CONSTRAINT facts_held_fits CHECK (((held_until IS NULL) OR (status <> 'active'::text))),
    CONSTRAINT facts_importance_range CHECK (((importance >= (0)::double precision) AND (importance <= (1)::double precision))),
    CONSTRAINT facts_invalidated_fits CHECK (((status = 'active'::text) = (invalidated_at IS NULL))),
    CONSTRAINT facts_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192))),
    CONSTRAINT facts_speaker_length CHECK (((char_length(speaker) >= 1) AND (char_length(speaker) <= 128))),
    CONSTRAINT facts_status_known CHECK ((status = ANY (ARRAY['active'::text, 'superseded'::text, 'invalidated'::text]))),
    CONSTRAINT facts_superseded_fits CHECK (((superseded_by IS NULL) OR ((status = 'superseded'::text) AND (superseded_by <> id)))),
    CONSTRAINT facts_valid_interval CHECK (((valid_until > valid_from) OR ((valid_until = valid_from) AND (status <> 'active'::text)))),
    CONSTRAINT facts_value_has_attribute CHECK (((value IS NULL) = (attribute IS NULL))),
    CONSTRAINT facts_value_size CHECK ((octet_length((value)::text) <= 8192))
)
WITH (fillfactor='70');
ALTER TABLE ONLY memdb.facts ALTER COLUMN search SET STORAGE MAIN;

ALTER TABLE ONLY memdb.facts FORCE ROW LEVEL SECURITY;

CREATE FUNCTION memdb.assert_facts(tenant uuid, writer uuid, words text, actor text, assertions memdb.assertion[]) RETURNS TABLE(number integer, outcome text, replaced uuid[], fact memdb.facts)
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $_$
DECLARE
    given memdb.assertion;
    known memdb.attributes;
    asked CONSTANT uuid[] := ARRAY(SELECT DISTINCT a.entity_id FROM unnest(assertions) AS a);
    found_names uuid[];
    named uuid[];
    about uuid;
    entity record;
    moment timestamptz;
    since timestamptz;
    expiry timestamptz;
    key bytea;
    met uuid[];
    -- Whether the attribute lets one value hold at a time.
    contested boolean;
    confidence_given double precision;
    same uuid;
    alike uuid[];
    confirmed integer;
    -- When the given fact holds, and with those of its value whose place it takes.
    won tstzmultirange;
    lost tstzmultirange;
    next_begin timestamptz;
    runs tstzmultirange;
    sayings memdb.saying[];
    standing uuid[];
    old record;
    -- Of each of `replaced`: what is left of it, and until when it itself holds.
    lefts tstzmultirange[];
    ends timestamptz[];
    was_past boolean[];
    copy_id uuid;
    made uuid[];
    part tstzrange;
BEGIN
    PERFORM
        memdb.must(coalesce(a.attribute ~ '^[a-z][a-z0-9_.]{0,63}$', true), 'attribute', 'must be lower-case letters, digits, _ and ., a letter first'),
        memdb.must((a.value IS NULL) = (a.attribute IS NULL), 'value', 'must be given with an attribute, and only with one'),
        memdb.must(coalesce(a.valid_until > coalesce(a.valid_from, now()), true), 'valid_until', 'must be later than valid_from')
    FROM unnest(assertions) AS a;

    FOR place IN 1 .. cardinality(assertions) LOOP
        IF assertions[place].link_named THEN
            found_names := ARRAY(
                SELECT e.id FROM memdb.entities AS e
                WHERE e.org_id = tenant
                    AND e.agent_id = writer
                    AND e.status = 'active'
                    AND e.deleted_at IS NULL
                    AND char_length(e.name) >= 3
                    AND memdb.says_name(assertions[place].content, e.name)
            );
            assertions[place].entities := assertions[place].entities || found_names;
        END IF;
    END LOOP;

    -- Again, if one was merged while another's lock was waited for.
    FOR attempt IN 1 .. 10 LOOP
        FOR entity IN
            SELECT DISTINCT coalesce(e.merged_into, e.id) AS id, e.id = ANY (asked) AS is_asked
            FROM memdb.entities AS e
            WHERE e.org_id = tenant
                AND e.id = ANY (asked || ARRAY(SELECT n.id FROM unnest(assertions) AS a, unnest(a.entities) AS n (id)))
                AND e.agent_id = writer
            ORDER BY 1, 2 DESC
        LOOP
            -- Those that are only named are kept from going, not from being written about.
            IF entity.is_asked THEN
                PERFORM FROM memdb.entities AS e WHERE e.org_id = tenant AND e.id = entity.id FOR NO KEY UPDATE;
            ELSE
                PERFORM FROM memdb.entities AS e WHERE e.org_id = tenant AND e.id = entity.id FOR KEY SHARE;
            END IF;
        END LOOP;
        EXIT WHEN NOT EXISTS (
            SELECT FROM memdb.entities AS t
            WHERE t.org_id = tenant
                AND t.id = ANY (
                    ARRAY(SELECT coalesce(e.merged_into, e.id) FROM memdb.entities AS e WHERE e.org_id = tenant AND e.id = ANY (asked))
                )
                AND t.status = 'merged'
        );
    END LOOP;
    moment := clock_timestamp();

    INSERT INTO memdb.attributes AS n (org_id, key, value_type, seen, proposed_by)
    SELECT DISTINCT ON (a.attribute)
        tenant,
        a.attribute,
        CASE WHEN jsonb_typeof(a.value) IN ('string', 'number', 'boolean') THEN jsonb_typeof(a.value) ELSE 'json' END,
        1,
        actor
    FROM unnest(assertions) WITH ORDINALITY AS a
    WHERE a.attribute IS NOT NULL
        AND a.attribute <> ALL (
            ARRAY(
                SELECT k.key FROM memdb.attributes AS k
                WHERE k.org_id = tenant
                    AND k.key = ANY (ARRAY(SELECT DISTINCT g.attribute FROM unnest(assertions) AS g))
            )
        )
    -- In the order of the keys, so that two who propose the same ones do not wait for each other.
    ORDER BY a.attribute, a.ordinality
    ON CONFLICT ON CONSTRAINT attributes_pkey DO NOTHING;

    number := 0;
    FOREACH given IN ARRAY assertions LOOP
        number := number + 1;
        replaced := '{}';
        standing := '{}';
        key := memdb.fact_key(given.value, given.content);
        since := coalesce(given.valid_from, moment);
        fact := NULL;

        SELECT t.id INTO about
        FROM memdb.entities AS t
        WHERE t.org_id = tenant
            AND t.id = (
                SELECT coalesce(e.merged_into, e.id) FROM memdb.entities AS e
                WHERE e.org_id = tenant
                    AND e.id = given.entity_id
                    AND e.agent_id = writer
            )
            AND t.status = 'active'
            AND t.deleted_at IS NULL;
        IF about IS NULL THEN
            RAISE EXCEPTION 'no such entity' USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'facts_entity_exists';
        END IF;

        named := '{}';
        IF given.entities <> '{}' THEN
            named := ARRAY(
                SELECT coalesce(e.merged_into, e.id) FROM memdb.entities AS e
                WHERE e.org_id = tenant
                    AND e.id = ANY (given.entities)
                    AND e.agent_id = writer
            );
            IF cardinality(named) < (SELECT count(DISTINCT n.id) FROM unnest(given.entities) AS n (id))
                OR EXISTS (
                    SELECT FROM memdb.entities AS t
                    WHERE t.org_id = tenant
                        AND t.id = ANY (named)
                        AND (t.status = 'merged' OR t.deleted_at IS NOT NULL)
                )
            THEN
                RAISE EXCEPTION 'no such entity' USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'fact_entities_entity_exists';
            END IF;
        END IF;

        known := NULL;
        IF given.attribute IS NOT NULL THEN
            SELECT a.* INTO known FROM memdb.attributes AS a WHERE a.org_id = tenant AND a.key = given.attribute;
            PERFORM
                memdb.must(known.status <> 'retired', 'attribute', 'must not be one that is retired'),
                memdb.must_be_of_type(given.value, known.value_type);
        END IF;
        expiry := coalesce(given.expires_at, moment + known.time_to_live);

        IF given.id IS NOT NULL THEN
            SELECT f.* INTO fact
            FROM memdb.facts AS f
            WHERE f.org_id = tenant
                AND f.id = given.id
                AND f.agent_id = writer
                AND f.deleted_at IS NULL
                AND f.attribute IS NOT DISTINCT FROM given.attribute
                AND f.same_key = memdb.fact_key(given.value, given.content);
            IF FOUND THEN
                outcome := 'repeated';
                RETURN NEXT;
                CONTINUE;
            END IF;
        END IF;

        contested := coalesce(known.conflict_policy <> 'keep_both', false);
        confidence_given := given.confidence;
        met := '{}';
        same := NULL;
        confirmed := NULL;
        sayings := '{}';
        won := tstzmultirange(tstzrange(since, given.valid_until));
        runs := won;

        -- Those at an overlapping time that say the same, or whose attribute lets one value hold. In several statements, for the indexes' sake.
        IF contested THEN
            SELECT coalesce(array_agg(f.id), '{}') INTO met
            FROM (
                SELECT o.id
                FROM memdb.facts AS o
                WHERE o.org_id = tenant
                    AND o.entity_id = about
                    AND o.attribute = given.attribute
                    AND o.status = 'active'
                    AND o.deleted_at IS NULL
                    AND coalesce(o.valid_from < given.valid_until, true)
                    AND coalesce(o.valid_until > since, true)
                ORDER BY o.id
                FOR NO KEY UPDATE
            ) AS f;
            SELECT met || coalesce(array_agg(f.id), '{}') INTO met
            FROM (
                SELECT o.id
                FROM memdb.facts AS o
                WHERE o.org_id = tenant
                    AND o.entity_id = about
                    AND o.attribute = given.attribute
                    AND o.status = 'superseded'
                    AND o.deleted_at IS NULL
                    AND o.valid_until > since
                    AND o.valid_until > o.valid_from
                    AND coalesce(o.valid_from < given.valid_until, true)
                ORDER BY o.id
                FOR NO KEY UPDATE
            ) AS f;
        ELSIF given.attribute IS NULL THEN
            SELECT coalesce(array_agg(f.id), '{}') INTO met
            FROM (
                SELECT o.id
                FROM memdb.facts AS o
                WHERE o.org_id = tenant
                    AND o.entity_id = about
                    AND o.attribute IS NULL
                    AND o.same_key = key
                    AND o.status = 'active'
                    AND o.deleted_at IS NULL
                    AND coalesce(o.valid_from < given.valid_until, true)
                    AND coalesce(o.valid_until > since, true)
                ORDER BY o.id
                FOR NO KEY UPDATE
            ) AS f;
        ELSE
            SELECT coalesce(array_agg(f.id), '{}') INTO met
            FROM (
                SELECT o.id
                FROM memdb.facts AS o
                WHERE o.org_id = tenant
                    AND o.entity_id = about
                    AND o.attribute = given.attribute
                    AND o.same_key = key
                    AND o.status = 'active'
                    AND o.deleted_at IS NULL
                    AND coalesce(o.valid_from < given.valid_until, true)
                    AND coalesce(o.valid_until > since, true)
                ORDER BY o.id
                FOR NO KEY UPDATE
            ) AS f;
        END IF;

        IF met <> '{}' THEN
            SELECT (array_agg(f.id ORDER BY f.id))[1]
            INTO same
            FROM memdb.facts AS f
            WHERE f.org_id = tenant
                AND f.id = ANY (met)
                AND f.same_key = key
                AND f.status = 'active'
                AND f.valid_from <= since
                AND coalesce(f.valid_until >= given.valid_until, f.valid_until IS NULL);
            IF same IS NULL AND contested THEN
                -- What begins later goes on; what holds by the policy goes on while it lasts. What has expired does not stand in the way.
                SELECT
                    range_agg(o.holds) FILTER (WHERE o.prevails),
                    array_agg(o.id ORDER BY o.fact_confidence DESC, o.id DESC) FILTER (WHERE o.prevails),
                    min(o.begins) FILTER (WHERE o.begins > since)
                INTO lost, standing, next_begin
                FROM (
                    SELECT
                        f.id,
                        f.confidence AS fact_confidence,
                        s.begins,
                        s.holds,
                        coalesce(f.expires_at > moment, true)
                        AND CASE known.conflict_policy
                            WHEN 'reject' THEN s.begins <= since
                            WHEN 'highest_confidence' THEN (s.confidence, s.begins) > (confidence_given, since)
                        END AS prevails
                    FROM memdb.facts AS f, memdb.sayings_of(f) AS s
                    WHERE f.org_id = tenant
                        AND f.id = ANY (met)
                        AND f.same_key <> key
                        AND NOT isempty(s.holds)
                ) AS o;
                IF known.conflict_policy = 'supersede' THEN
                    won := tstzmultirange(tstzrange(since, least(given.valid_until, next_begin)));
                ELSE
                    won := won - coalesce(lost, '{}');
                END IF;
                IF isempty(won) THEN
                    SELECT f.* INTO STRICT fact FROM memdb.facts AS f WHERE f.org_id = tenant AND f.id = standing[1];
                    outcome := 'rejected';
                    RETURN NEXT;
                    CONTINUE;
                END IF;
                SELECT f.id INTO same
                FROM memdb.facts AS f
                WHERE f.org_id = tenant
                    AND f.id = ANY (met)
                    AND f.same_key = key
                    AND tstzrange(f.valid_from, f.valid_until) @> won
                ORDER BY f.id
                LIMIT 1;
            END IF;
            SELECT
                array_agg(f.id),
                max(f.confirmations) + 1,
                greatest(given.confidence, max(f.confidence))
            INTO alike, confirmed, given.confidence
            FROM memdb.facts AS f
            WHERE f.org_id = tenant
                AND f.id = ANY (met)
                AND f.same_key = key
                AND tstzrange(f.valid_from, f.valid_until) && won;
        END IF;

        IF same IS NOT NULL THEN
            WITH links AS (
                INSERT INTO memdb.fact_entities AS l (org_id, fact_id, entity_id)
                SELECT tenant, same, n.id FROM unnest(named) AS n (id) ORDER BY n.id
                ON CONFLICT ON CONSTRAINT fact_entities_pkey DO NOTHING
            )
            UPDATE memdb.facts AS f
            SET
                confidence = given.confidence,
                importance = greatest(f.importance, given.importance),
                confirmations = f.confirmations + 1,
                confirmed_at = moment,
                expires_at = CASE WHEN expiry IS NOT NULL AND f.expires_at IS NOT NULL THEN greatest(f.expires_at, expiry) END,
                sensitive = f.sensitive OR given.sensitive,
                needs_confirmation = f.needs_confirmation AND given.needs_confirmation,
                stale = false,
                said = CASE
                    WHEN contested AND (f.valid_from < since OR f.confidence < confidence_given)
                    THEN memdb.said_also(f, ROW(since, confidence_given, won)::memdb.saying)
                    ELSE f.said
                END,
                updated_at = greatest(f.updated_at, moment),
                version = f.version + 1
            WHERE f.org_id = tenant
                AND f.id = same
            RETURNING f.* INTO STRICT fact;
            outcome := 'confirmed';
            RETURN NEXT;
            CONTINUE;
        END IF;

        outcome := 'added';
        lefts := '{}';
        ends := '{}';
        was_past := '{}';
        IF known.conflict_policy = 'keep_both' AND EXISTS (
            SELECT FROM memdb.facts AS o
            WHERE o.org_id = tenant
                AND o.entity_id = about
                AND o.attribute = given.attribute
                AND o.same_key <> key
                AND o.status = 'active'
                AND o.deleted_at IS NULL
                AND coalesce(o.valid_from < given.valid_until, true)
                AND coalesce(o.valid_until > since, true)
        ) THEN
            outcome := 'kept_both';
        END IF;
        IF met <> '{}' THEN
            -- From its beginning on it takes the place of those that say the same.
            SELECT
                coalesce(array_agg(ROW(s.begins, s.confidence, s.holds * tstzmultirange(tstzrange(lower(won), NULL)))::memdb.saying), '{}'),
                won + coalesce(range_agg(s.holds * tstzmultirange(tstzrange(lower(won), NULL))), '{}')
            INTO sayings, runs
            FROM memdb.facts AS f, memdb.sayings_of(f) AS s
            WHERE f.org_id = tenant
                AND f.id = ANY (alike);
            FOR old IN
                SELECT
                    f.id,
                    f.status,
                    f.valid_from,
                    f.valid_until,
                    coalesce(range_agg(
                        CASE
                            WHEN f.same_key = key THEN s.holds * tstzmultirange(tstzrange(NULL, lower(won)))
                            WHEN known.conflict_policy <> 'supersede' THEN s.holds - won
                            WHEN s.begins <= since THEN s.holds * tstzmultirange(tstzrange(NULL, since))
                            ELSE s.holds
                        END
                    ), '{}') AS remains
                FROM memdb.facts AS f, memdb.sayings_of(f) AS s
                WHERE f.org_id = tenant
                    AND f.id = ANY (met)
                    AND (f.same_key <> key OR f.id = ANY (alike))
                GROUP BY f.id, f.status, f.valid_from, f.valid_until
                ORDER BY f.id
            LOOP
                CONTINUE WHEN old.remains = tstzmultirange(tstzrange(old.valid_from, old.valid_until));
                replaced := replaced || old.id;
                was_past := was_past || (old.status <> 'active');
                lefts := lefts || old.remains;
                ends := ends || coalesce(
                    (SELECT upper(p.part) FROM unnest(old.remains) AS p (part) WHERE lower(p.part) = old.valid_from), old.valid_from
                );
            END LOOP;
        END IF;
        IF sayings <> '{}' OR lower(won) > since OR confidence_given < given.confidence THEN
            sayings := sayings || ROW(since, confidence_given, won)::memdb.saying;
        END IF;
        IF replaced <> '{}' THEN
            outcome := 'superseded';
        END IF;
        part := (SELECT p.part FROM unnest(runs) AS p (part) ORDER BY p.part LIMIT 1);
        given.id := coalesce(given.id, memdb.new_id());

        WITH superseded AS (
            UPDATE memdb.facts AS f
            SET
                status = memdb.next_fact_status(f.status, 'superseded'),
                superseded_by = given.id,
                held_until = f.valid_until,
                valid_until = x.until,
                invalidated_at = moment,
                updated_at = greatest(f.updated_at, moment),
                version = f.version + 1
            FROM unnest(replaced, ends) AS x (id, until)
            WHERE f.org_id = tenant
                AND f.id = x.id
                AND f.status = 'active'
                AND f.id = ANY (replaced)
                -- A plan for an empty list may take any index.
                AND replaced <> '{}'
            RETURNING f.id
        ),
        shown AS (
            UPDATE memdb.edges AS e
            SET
                invalidated_at = moment,
                updated_at = greatest(e.updated_at, moment),
                version = e.version + 1
            WHERE e.org_id = tenant
                AND e.fact_id = ANY (replaced)
                AND replaced <> '{}'
                AND e.invalidated_at IS NULL
        ),
        links AS (
            INSERT INTO memdb.fact_entities (org_id, fact_id, entity_id)
            SELECT DISTINCT tenant, given.id, n.id FROM unnest(named || about) AS n (id)
        )
        INSERT INTO memdb.facts AS f (
            org_id, id, agent_id, entity_id, session_id, user_id, event_id, ingested_at, valid_from, valid_until, expires_at, updated_at,
            confidence, importance, confirmed_at, confirmations, embedded, sensitive, needs_confirmation, language, attribute, category, speaker,
            context, content, annotation, value, said, metadata
        )
        SELECT
            tenant, given.id, writer, about, given.session_id, given.user_id, given.event_id, moment, lower(part), upper(part), expiry,
            moment,
            given.confidence, given.importance, CASE WHEN confirmed > 0 THEN moment END, coalesce(confirmed, 0), given.embedded, given.sensitive,
            given.needs_confirmation, words, given.attribute, given.category, given.speaker, given.context, given.content, given.annotation, given.value, sayings, given.metadata
        -- Counting the superseded makes them give up their place first.
        FROM (SELECT count(*) FROM superseded) AS made
        RETURNING f.* INTO STRICT fact;

        -- What came late: pieces of what it parts, and what was past already.
        made := ARRAY[given.id];
        IF contested AND met <> '{}' THEN
            FOR place IN 1 .. cardinality(replaced) LOOP
                SELECT
                    f.*,
                    CASE WHEN was_past[place] THEN f.valid_until ELSE f.held_until END AS lasted_until
                INTO STRICT old
                FROM memdb.facts AS f
                WHERE f.org_id = tenant
                    AND f.id = replaced[place];
                IF was_past[place] THEN
                    -- As it was known since it was superseded, it goes on as another row, which ends now.
                    IF coalesce(old.expires_at > old.invalidated_at, true) THEN
                        PERFORM memdb.copy_fact(
                            tenant, old.id, tstzmultirange(tstzrange(old.valid_from, ends[place])), old.valid_from, ends[place],
                            old.invalidated_at, moment, old.valid_until, given.id
                        );
                    END IF;
                    UPDATE memdb.facts AS f
                    SET
                        superseded_by = given.id,
                        valid_until = CASE WHEN coalesce(old.expires_at > old.invalidated_at, true) THEN f.valid_from ELSE ends[place] END,
                        updated_at = greatest(f.updated_at, moment),
                        version = f.version + 1
                    WHERE f.org_id = tenant
                        AND f.id = old.id;
                END IF;
                FOR part IN SELECT p.part FROM unnest(lefts[place]) AS p (part) WHERE lower(p.part) > old.valid_from ORDER BY p.part LOOP
                    CONTINUE WHEN old.expires_at <= moment;
                    copy_id := memdb.copy_fact(
                        tenant,
                        old.id,
                        lefts[place] * tstzmultirange(part),
                        lower(part),
                        upper(part),
                        moment,
                        CASE WHEN was_past[place] OR upper(part) IS DISTINCT FROM old.lasted_until THEN moment END,
                        NULL,
                        CASE WHEN upper(part) IS DISTINCT FROM old.lasted_until THEN given.id WHEN was_past[place] THEN old.superseded_by END
                    );
                    -- What it is the evidence of goes with what holds on.
                    UPDATE memdb.edges AS e
                    SET
                        fact_id = copy_id,
                        invalidated_at = NULL
                    WHERE e.org_id = tenant
                        AND e.fact_id = old.id
                        AND e.invalidated_at = moment
                        AND NOT was_past[place]
                        AND upper(part) IS NOT DISTINCT FROM old.lasted_until;
                END LOOP;
            END LOOP;
            FOR part IN SELECT p.part FROM unnest(runs) AS p (part) WHERE lower(p.part) > fact.valid_from ORDER BY p.part LOOP
                made := made || memdb.copy_fact(
                    tenant, given.id, runs * tstzmultirange(part), lower(part), upper(part), moment, NULL, NULL, NULL
                );
            END LOOP;
            -- What it takes the place of is followed by the piece that begins where that ends, so that no chain comes back to itself.
            UPDATE memdb.facts AS f
            SET superseded_by = r.id
            FROM memdb.facts AS r
            WHERE f.org_id = tenant
                AND f.entity_id = about
                AND f.attribute = given.attribute
                AND f.status = 'superseded'
                AND f.superseded_by = given.id
                AND cardinality(made) > 1
                AND r.org_id = tenant
                AND r.id = ANY (made)
                AND r.id <> given.id
                AND tstzrange(r.valid_from, r.valid_until) @> f.valid_until;
            -- It ends where another begins.
            UPDATE memdb.facts AS f
            SET
                status = memdb.next_fact_status(f.status, 'superseded'),
                superseded_by = o.id,
                invalidated_at = moment
            FROM memdb.facts AS o
            WHERE f.org_id = tenant
                AND f.id = ANY (made)
                AND f.valid_until IS DISTINCT FROM given.valid_until
                AND o.org_id = tenant
                AND o.id = (
                    SELECT x.id FROM memdb.facts AS x
                    WHERE x.org_id = tenant
                        AND x.entity_id = about
                        AND x.attribute = given.attribute
                        AND x.same_key <> key
                        AND x.status IN ('active', 'superseded')
                        AND x.deleted_at IS NULL
                        AND x.valid_from = f.valid_until
                        AND coalesce(x.valid_until > x.valid_from, true)
                    ORDER BY x.status, x.id DESC
                    LIMIT 1
                );
            SELECT f.* INTO STRICT fact FROM memdb.facts AS f WHERE f.org_id = tenant AND f.id = given.id;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$_$;

CREATE FUNCTION memdb.beginning_with(language text, question text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    RETURN (
        SELECT '^[^[:alnum:]]*(?:' || string_agg(n.name, '|' ORDER BY n.name) || ')(?![[:alnum:]])'
        FROM (
            SELECT DISTINCT w.name
            FROM regexp_split_to_table(left(memdb.lowered(question), 2000), '[^[:alnum:]]+') AS w (name)
            WHERE length(to_tsvector(('pg_catalog.' || language)::regconfig, w.name)) > 0
            ORDER BY w.name
            LIMIT 64
        ) AS n
    );
END
$$;

CREATE FUNCTION memdb.next_link(previous bytea, entry bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN sha256((previous || entry));

CREATE FUNCTION memdb.chain_step(link bytea, head bytea, entry bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN memdb.next_link(COALESCE(link, head), entry);

CREATE TABLE memdb.memory_versions (
    org_id uuid NOT NULL,
    memory_id uuid NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    deleted_at timestamp with time zone,
    confidence double precision NOT NULL,
    version integer NOT NULL,
    operation text NOT NULL,
    category text NOT NULL,
    status text NOT NULL,
    content text NOT NULL,
    reason text,
    tags text[] NOT NULL,
    metadata jsonb NOT NULL,
    changed_by text,
    labels jsonb DEFAULT '{}'::jsonb NOT NULL,
    valid_from timestamp with time zone,
    valid_until timestamp with time zone,
    superseded_by uuid,
    merged_into uuid,
    CONSTRAINT memory_versions_changed_by_length CHECK (((char_length(changed_by) >= 1) AND (char_length(changed_by) <= 200))),
    CONSTRAINT memory_versions_operation_known CHECK ((operation = ANY (ARRAY['create'::text, 'update'::text, 'delete'::text, 'restore'::text, 'expire'::text, 'supersede'::text, 'merge'::text, 'revert'::text]))),
    CONSTRAINT memory_versions_reason_length CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000)))
);

ALTER TABLE ONLY memdb.memory_versions FORCE ROW LEVEL SECURITY;

CREATE FUNCTION memdb.changed_fields(version memdb.memory_versions, previous memdb.memory_versions) RETURNS text[]
    LANGUAGE sql STABLE
    RETURN ARRAY(SELECT field.name FROM (VALUES ('content'::text,((changed_fields.version).content <> (changed_fields.previous).content)), ('category'::text,((changed_fields.version).category <> (changed_fields.previous).category)), ('labels'::text,((changed_fields.version).labels <> (changed_fields.previous).labels)), ('status'::text,((changed_fields.version).status <> (changed_fields.previous).status)), ('confidence'::text,((changed_fields.version).confidence <> (changed_fields.previous).confidence)), ('tags'::text,((changed_fields.version).tags <> (changed_fields.previous).tags)), ('metadata'::text,((changed_fields.version).metadata <> (changed_fields.previous).metadata)), ('valid_from'::text,((changed_fields.version).valid_from IS DISTINCT FROM (changed_fields.previous).valid_from)), ('valid_until'::text,((changed_fields.version).valid_until IS DISTINCT FROM (changed_fields.previous).valid_until)), ('expires_at'::text,((changed_fields.version).expires_at IS DISTINCT FROM (changed_fields.previous).expires_at)), ('deleted_at'::text,((changed_fields.version).deleted_at IS DISTINCT FROM (changed_fields.previous).deleted_at)), ('superseded_by'::text,((changed_fields.version).superseded_by IS DISTINCT FROM (changed_fields.previous).superseded_by)), ('merged_into'::text,((changed_fields.version).merged_into IS DISTINCT FROM (changed_fields.previous).merged_into))) field(name, differs) WHERE (field.differs AND ((changed_fields.previous).version IS NOT NULL)));

CREATE FUNCTION memdb.changed_since(tenant uuid, of_session uuid, edits integer, first integer, last integer) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM memdb.messages AS m
        WHERE m.org_id = tenant
            AND m.session_id = of_session
            AND m.edit > changed_since.edits
            -- By the index of edits: the messages of the range may be many.
            AND (m.position BETWEEN first AND last) IS TRUE
    );
END
$$;

CREATE PROCEDURE memdb.close_space(IN closed smallint)
    LANGUAGE plpgsql
    AS $$
DECLARE
    name text;
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    PERFORM memdb.must(
        closed <> (SELECT s.space FROM memdb.embedding_spaces AS s ORDER BY s.current_since DESC NULLS LAST LIMIT 1),
        'number', 'must not be that of the current space'
    );
    DELETE FROM memdb.embedding_spaces AS s WHERE s.space = closed;
    PERFORM memdb.must(found, 'number', 'must be that of an embedding space');
    DROP VIEW memdb.indexed_embeddings;
    CALL memdb.define_indexed_embeddings();
    GRANT SELECT ON memdb.indexed_embeddings TO memdb_app, memdb_admin;
    FOR name IN SELECT t.name FROM memdb.embedding_tables AS t LOOP
        EXECUTE format('DROP TABLE memdb.%I', format('%s_%s', name, closed));
    END LOOP;
END
$$;

CREATE FUNCTION memdb.condition_at(place text, condition jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $_$
BEGIN
    IF jsonb_typeof(condition) <> 'object' THEN
        RETURN memdb.equality_at(place, condition);
    END IF;
    PERFORM memdb.must(
        CASE c.operator
            WHEN '$exists' THEN jsonb_typeof(c.operand) = 'boolean'
            WHEN '$in' THEN jsonb_typeof(c.operand) = 'array'
            WHEN '$nin' THEN jsonb_typeof(c.operand) = 'array'
            WHEN '$contains' THEN jsonb_typeof(c.operand) NOT IN ('array', 'object')
            WHEN '$icontains' THEN jsonb_typeof(c.operand) = 'string'
            ELSE c.operator IN ('$eq', '$ne', '$not')
                OR (c.operator IN ('$gt', '$gte', '$lt', '$lte') AND jsonb_typeof(c.operand) IN ('number', 'string'))
        END,
        'filter',
        'must have operators and what they take in the object for a field: to be equal to an object is {"$eq": {...}}'
    )
    FROM jsonb_each(condition) AS c (operator, operand);
    RETURN coalesce(
        (
            SELECT string_agg(
                CASE c.operator
                    WHEN '$eq' THEN memdb.equality_at(place, c.operand)
                    WHEN '$ne' THEN format('(exists(%s) && !%s)', place, memdb.equality_at(place, c.operand))
                    WHEN '$exists' THEN format('(%sexists(%s))', CASE WHEN c.operand::boolean THEN '' ELSE '!' END, place)
                    WHEN '$not' THEN format('!(%s)', memdb.condition_at(place, c.operand))
                    WHEN '$in' THEN format('(%s)', coalesce(e.equalities, '1 == 0'))
                    WHEN '$nin' THEN format('(exists(%s) && !(%s))', place, coalesce(e.equalities, '1 == 0'))
                    WHEN '$contains' THEN format(
                        '((%1$s.type() == "array" && exists(%1$s[*] ? (%2$s)))%3$s)',
                        place,
                        memdb.equality_at('@', c.operand),
                        CASE jsonb_typeof(c.operand)
                            WHEN 'string' THEN format(' || (%1$s.type() == "string" && %1$s like_regex %2$s flag "q")', place, c.operand)
                        END
                    )
                    WHEN '$icontains' THEN format('(%1$s.type() == "string" && %1$s like_regex %2$s flag "iq")', place, c.operand)
                    ELSE format(
                        '(%1$s.type() == "%2$s" && %1$s %3$s %4$s)',
                        place,
                        jsonb_typeof(c.operand),
                        CASE c.operator WHEN '$gt' THEN '>' WHEN '$gte' THEN '>=' WHEN '$lt' THEN '<' WHEN '$lte' THEN '<=' END,
                        c.operand
                    )
                END,
                ' && '
            )
            FROM jsonb_each(condition) AS c (operator, operand)
            CROSS JOIN LATERAL (
                SELECT string_agg(memdb.equality_at(place, e.value), ' || ') AS equalities
                FROM jsonb_array_elements(CASE WHEN c.operator IN ('$in', '$nin') THEN c.operand ELSE '[]' END) AS e
            ) AS e
        ),
        '1 == 1'
    );
END
$_$;

CREATE FUNCTION memdb.lowered(content text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
DECLARE
    folded text := content;
BEGIN
    -- ASCII, as most texts are: to count finds out sooner than an expression.
    IF octet_length(content) = char_length(content) THEN
        RETURN lower(content COLLATE "C");
    END IF;
    -- What is not to be seen is no part of a text: soft hyphens, joiners, marks of direction, variation selectors, byte order marks.
    folded := normalize(regexp_replace(content, '[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]+', '', 'g'), NFKC);
    folded := lower(folded COLLATE pg_catalog.pg_c_utf8);
    -- Lower case may have a composed form that the capital has not.
    RETURN normalize(folded, NFKC);
END
$$;

CREATE FUNCTION memdb.contains(content text, part text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((part IS NULL) OR (strpos(memdb.lowered(content), memdb.lowered(part)) > 0));

CREATE FUNCTION memdb.content_hash(content text) RETURNS bytea
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    RETURN sha256(convert_to(memdb.folded(content), 'UTF8'));
END
$$;

CREATE FUNCTION memdb.name_trigrams(name text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    RETURN ARRAY(
        SELECT DISTINCT substr('  ' || w.word || ' ', place.first, 3)
        FROM string_to_table(memdb.entity_slug(name), '_') AS w (word), generate_series(1, length(w.word) + 1) AS place (first)
        WHERE w.word <> ''
    );
END
$$;

CREATE TABLE memdb.entities (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    agent_id uuid NOT NULL,
    merged_into uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    first_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    summarised_at timestamp with time zone,
    profiled_at timestamp with time zone,
    importance double precision DEFAULT 0.5 NOT NULL,
    mentions integer DEFAULT 1 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    embedded boolean DEFAULT false NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    type text NOT NULL,
    trigrams tsvector GENERATED ALWAYS AS (array_to_tsvector(memdb.name_trigrams(name))) STORED NOT NULL,
    search tsvector GENERATED ALWAYS AS (memdb.words(language, ((name || '. '::text) || COALESCE(summary, ''::text)))) STORED NOT NULL,
    language text DEFAULT 'english'::text NOT NULL,
    key text NOT NULL,
    slug text GENERATED ALWAYS AS (substr(key, (strpos(key, ':'::text) + 1))) STORED NOT NULL,
    name text NOT NULL,
    summary text,
    profile text,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT entities_importance_range CHECK (((importance >= (0)::double precision) AND (importance <= (1)::double precision))),
    CONSTRAINT entities_key_of_type CHECK ((starts_with(key, (type || ':'::text)) AND ((char_length(key) >= (char_length(type) + 2)) AND (char_length(key) <= 400)))),
    CONSTRAINT entities_mentions_positive CHECK ((mentions > 0)),
    CONSTRAINT entities_merged_fits CHECK ((((status = 'merged'::text) = (merged_into IS NOT NULL)) AND (merged_into <> id))),
    CONSTRAINT entities_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192))),
    CONSTRAINT entities_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 256))),
    CONSTRAINT entities_name_not_empty CHECK ((name ~ '\S'::text)),
    CONSTRAINT entities_profile_length CHECK (((char_length(profile) >= 1) AND (char_length(profile) <= 8192))),
    CONSTRAINT entities_status_known CHECK ((status = ANY (ARRAY['active'::text, 'merged'::text]))),
    CONSTRAINT entities_summary_length CHECK (((char_length(summary) >= 1) AND (char_length(summary) <= 8192))),
    CONSTRAINT entities_type_form CHECK ((type ~ '^[a-z][a-z0-9_]{0,31}$'::text))
)
WITH (fillfactor='80');
ALTER TABLE ONLY memdb.entities ALTER COLUMN trigrams SET STORAGE MAIN;
ALTER TABLE ONLY memdb.entities ALTER COLUMN search SET STORAGE MAIN;

ALTER TABLE ONLY memdb.entities FORCE ROW LEVEL SECURITY;

CREATE FUNCTION memdb.content_of(entity memdb.entities) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN (((entity).name || '. '::text) || COALESCE((entity).summary, ''::text));

CREATE TABLE memdb.intentions (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    agent_id uuid NOT NULL,
    user_id uuid,
    session_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    due_at timestamp with time zone,
    triggered_at timestamp with time zone,
    ended_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    embedded boolean DEFAULT false NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    search tsvector GENERATED ALWAYS AS (memdb.words(language, COALESCE(condition, ''::text))) STORED NOT NULL,
    language text DEFAULT 'english'::text NOT NULL,
    trigger text NOT NULL,
    condition text,
    action text NOT NULL,
    context text,
    outcome text,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT intentions_action_length CHECK ((((char_length(action) >= 1) AND (char_length(action) <= 2000)) AND (action ~ '\S'::text))),
    CONSTRAINT intentions_condition_length CHECK ((((char_length(condition) >= 1) AND (char_length(condition) <= 2000)) AND (condition ~ '\S'::text))),
    CONSTRAINT intentions_context_length CHECK (((char_length(context) >= 1) AND (char_length(context) <= 512))),
    CONSTRAINT intentions_ended_fits CHECK (((ended_at IS NULL) = (status = ANY (ARRAY['pending'::text, 'triggered'::text])))),
    CONSTRAINT intentions_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192))),
    CONSTRAINT intentions_outcome_length CHECK (((char_length(outcome) >= 1) AND (char_length(outcome) <= 2000))),
    CONSTRAINT intentions_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'triggered'::text, 'fulfilled'::text, 'cancelled'::text, 'expired'::text]))),
    CONSTRAINT intentions_trigger_complete CHECK (
CASE
    WHEN (trigger = 'time'::text) THEN (due_at IS NOT NULL)
    ELSE (condition IS NOT NULL)
END),
    CONSTRAINT intentions_trigger_known CHECK ((trigger = ANY (ARRAY['time'::text, 'event'::text, 'topic'::text])))
);
ALTER TABLE ONLY memdb.intentions ALTER COLUMN search SET STORAGE MAIN;

ALTER TABLE ONLY memdb.intentions FORCE ROW LEVEL SECURITY;

CREATE FUNCTION memdb.content_of(intention memdb.intentions) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN (intention).condition;

CREATE FUNCTION memdb.triple_key(part text) RETURNS uuid
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    RETURN encode(substring(sha256(convert_to(memdb.folded(part), 'UTF8')) FOR 16), 'hex')::uuid;
END
$$;

CREATE TABLE memdb.triples (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    user_id uuid,
    owner_id uuid GENERATED ALWAYS AS (COALESCE(user_id, org_id)) STORED NOT NULL,
    subject_key uuid GENERATED ALWAYS AS (memdb.triple_key(subject)) STORED NOT NULL,
    predicate_key uuid GENERATED ALWAYS AS (memdb.triple_key(predicate)) STORED NOT NULL,
    object_key uuid GENERATED ALWAYS AS (memdb.triple_key(object)) STORED NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    confidence double precision,
    version integer DEFAULT 1 NOT NULL,
    embedded boolean DEFAULT false NOT NULL,
    search tsvector GENERATED ALWAYS AS (memdb.words(language, ((((subject || ' '::text) || predicate) || ' '::text) || object))) STORED NOT NULL,
    language text DEFAULT 'english'::text NOT NULL,
    subject text NOT NULL,
    predicate text NOT NULL,
    object text NOT NULL,
    source text,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    apart uuid,
    CONSTRAINT triples_confidence_range CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
    CONSTRAINT triples_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192))),
    CONSTRAINT triples_object_length CHECK (((object ~ '\S'::text) AND (char_length(object) <= 8192))),
    CONSTRAINT triples_predicate_length CHECK (((predicate ~ '\S'::text) AND (char_length(predicate) <= 256))),
    CONSTRAINT triples_source_length CHECK (((char_length(source) >= 1) AND (char_length(source) <= 512))),
    CONSTRAINT triples_subject_length CHECK (((subject ~ '\S'::text) AND (char_length(subject) <= 512))),
    CONSTRAINT triples_user_not_the_organization CHECK ((user_id <> org_id))
);
ALTER TABLE ONLY memdb.triples ALTER COLUMN search SET STORAGE MAIN;

ALTER TABLE ONLY memdb.triples FORCE ROW LEVEL SECURITY;

CREATE FUNCTION memdb.content_of(triple memdb.triples) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN (((((triple).subject || ' '::text) || (triple).predicate) || ' '::text) || (triple).object);

CREATE FUNCTION memdb.copy_fact(tenant uuid, source uuid, holds tstzmultirange, valid_from timestamp with time zone, valid_until timestamp with time zone, learnt timestamp with time zone, ended timestamp with time zone, held timestamp with time zone, successor uuid) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
DECLARE
    made CONSTANT uuid := memdb.new_id();
BEGIN
    INSERT INTO memdb.facts (
        org_id, id, agent_id, entity_id, session_id, user_id, event_id, superseded_by, ingested_at, invalidated_at, valid_from, valid_until,
        held_until, expires_at, confirmed_at, retrieved_at, updated_at, confidence, importance, vitality, retrievals, confirmations, corrections,
        embedded, sensitive, needs_confirmation, stale, past, status, language, attribute, category, speaker, context, content, annotation, value,
        said, metadata
    )
    SELECT
        tenant, made, f.agent_id, f.entity_id, f.session_id, f.user_id, f.event_id, successor, learnt, ended, copy_fact.valid_from,
        copy_fact.valid_until, held, f.expires_at, f.confirmed_at, f.retrieved_at, coalesce(ended, learnt), f.confidence, f.importance, f.vitality,
        f.retrievals, f.confirmations, f.corrections,
        EXISTS (SELECT FROM memdb.fact_embeddings AS e WHERE e.org_id = tenant AND e.fact_id = source),
        f.sensitive, f.needs_confirmation, f.stale, held IS NOT NULL, CASE WHEN ended IS NULL THEN 'active' ELSE 'superseded' END, f.language,
        f.attribute, f.category, f.speaker, f.context, f.content, f.annotation, f.value,
        ARRAY(
            SELECT ROW(s.begins, s.confidence, s.holds * copy_fact.holds)::memdb.saying
            FROM unnest(CASE WHEN f.said = '{}' THEN ARRAY[ROW(f.valid_from, f.confidence, copy_fact.holds)::memdb.saying] ELSE f.said END) AS s
            WHERE s.holds && copy_fact.holds
        ),
        f.metadata
    FROM memdb.facts AS f
    WHERE f.org_id = tenant
        AND f.id = source;
    INSERT INTO memdb.fact_embeddings (org_id, fact_id, agent_id, space, embedding)
    SELECT tenant, made, e.agent_id, e.space, e.embedding
    FROM memdb.fact_embeddings AS e
    WHERE e.org_id = tenant
        AND e.fact_id = source;
    INSERT INTO memdb.fact_entities (org_id, fact_id, entity_id)
    SELECT tenant, made, l.entity_id
    FROM memdb.fact_entities AS l
    WHERE l.org_id = tenant
        AND l.fact_id = source;
    RETURN made;
END
$$;

CREATE FUNCTION memdb.created_then(created_at timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE STRICT
    AS $$
BEGIN
    PERFORM memdb.must(
        created_at >= '1970-01-01Z' AND created_at <= now() + interval '1 minute', 'created_at', 'must be between 1970 and now'
    );
    RETURN created_at;
END
$$;

CREATE TABLE memdb.database_roles (
);

ALTER TABLE ONLY memdb.database_roles FORCE ROW LEVEL SECURITY;

CREATE FUNCTION memdb.database_role(kind name) RETURNS name
    LANGUAGE sql STABLE
    RETURN (SELECT pg_get_userbyid(p.polroles[1]) AS pg_get_userbyid FROM pg_policy p WHERE ((p.polrelid = ('memdb.database_roles'::regclass)::oid) AND (p.polname = database_role.kind)));

CREATE FUNCTION memdb.days_between(earlier timestamp with time zone, later timestamp with time zone) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (date_part('epoch'::text, (later - earlier)) / (86400)::double precision);

CREATE PROCEDURE memdb.define_indexed_embeddings()
    LANGUAGE plpgsql
    AS $_$
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
$_$;

CREATE FUNCTION memdb.half_life_decay(days double precision, half_life double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (days > (0)::double precision) THEN power((0.5)::double precision, LEAST((days / half_life), (1000)::double precision)) WHEN (days <= (0)::double precision) THEN (1)::double precision ELSE NULL::double precision END;

CREATE FUNCTION memdb.dynamic_importance(importance double precision, retrievals integer, days double precision, corrections integer, supports_insight boolean) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN GREATEST((0.05)::double precision, LEAST((3)::double precision, (((importance * (((1)::double precision + (((0.3)::double precision * ln(((1)::double precision + (retrievals)::double precision))) / ln((11)::double precision))) + ((0.2)::double precision * COALESCE(memdb.half_life_decay(days, (7)::double precision), (0)::double precision)))) * power((0.8)::double precision, (LEAST(corrections, 5))::double precision)) * CASE WHEN supports_insight THEN (1.3)::double precision ELSE (1)::double precision END)));

CREATE TABLE memdb.edges (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    agent_id uuid NOT NULL,
    source_id uuid NOT NULL,
    target_id uuid NOT NULL,
    fact_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    used_at timestamp with time zone,
    valid_from timestamp with time zone,
    valid_until timestamp with time zone,
    invalidated_at timestamp with time zone,
    weight double precision DEFAULT 0.8 NOT NULL,
    assertions integer DEFAULT 1 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    type text NOT NULL,
    provenance text,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    aged_at timestamp with time zone,
    CONSTRAINT edges_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192))),
    CONSTRAINT edges_not_to_itself CHECK ((source_id <> target_id)),
    CONSTRAINT edges_provenance_length CHECK (((char_length(provenance) >= 1) AND (char_length(provenance) <= 32))),
    CONSTRAINT edges_type_form CHECK ((type ~ '^[a-z][a-z0-9_]{0,63}$'::text)),
    CONSTRAINT edges_valid_interval CHECK ((valid_until > valid_from)),
    CONSTRAINT edges_weight_range CHECK (((weight >= (0)::double precision) AND (weight <= (1)::double precision)))
)
WITH (fillfactor='80');

ALTER TABLE ONLY memdb.edges FORCE ROW LEVEL SECURITY;

CREATE FUNCTION memdb.edge_holds(edge memdb.edges, at timestamp with time zone) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    RETURN ((COALESCE((edge).valid_from, (edge).created_at) <= at) AND COALESCE(((edge).valid_until > at), true) AND COALESCE(((edge).invalidated_at > at), true));

CREATE FUNCTION memdb.edge_type(type text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN btrim(regexp_replace(lower((regexp_replace(regexp_replace(type, '([a-z0-9])([A-Z])'::text, '\1_\2'::text, 'g'::text), '([A-Z])([A-Z][a-z])'::text, '\1_\2'::text, 'g'::text) COLLATE "C")), '[^a-z0-9]+'::text, '_'::text, 'g'::text), '_'::text);

CREATE FUNCTION memdb.effective_confidence(confidence double precision, days double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN GREATEST((0.1)::double precision, (confidence * power((0.95)::double precision, LEAST((GREATEST(days, (0)::double precision) / (7)::double precision), (10000)::double precision))));

CREATE FUNCTION memdb.embedding_coverage(tenant uuid, wanted text, in_space smallint, OUT total bigint, OUT embedded bigint) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $_$
BEGIN
    PERFORM memdb.embedding_table(wanted) WHERE wanted IS NOT NULL;
    EXECUTE (
        SELECT
            'SELECT sum(k.total)::bigint, sum(k.embedded)::bigint FROM ('
            || string_agg(
                format(
                    'SELECT count(*) AS total, count(e.%1$I) AS embedded
                    FROM %2$s
                    LEFT JOIN %3$s AS e ON e.org_id = $1 AND e.%1$I = t.id AND e.space = $2 AND e.embedding IS NOT NULL
                    WHERE t.org_id = $1 AND %4$s',
                    e.key, e.source, e.embeddings, e.live
                ),
                ' UNION ALL '
            )
            || ') AS k'
        FROM memdb.embedding_tables AS e
        WHERE e.of_content AND (wanted IS NULL OR e.kind = wanted)
    )
    INTO total, embedded
    USING tenant, in_space;
END
$_$;

CREATE VIEW memdb.embedding_tables AS
 SELECT k.kind,
    c.relname AS name,
    (c.oid)::regclass AS embeddings,
    (f.confrelid)::regclass AS things,
    (k.kind || '_id'::text) AS key,
    s.attname AS scope,
    (format('%s AS t'::text, (f.confrelid)::regclass) ||
        CASE
            WHEN (s.attname = 'session_id'::name) THEN ' JOIN memdb.sessions AS s ON s.org_id = t.org_id AND s.id = t.session_id'::text
            ELSE ''::text
        END) AS source,
    (concat_ws(' AND '::text,
        CASE
            WHEN has.deletion THEN 't.deleted_at IS NULL'::text
            ELSE NULL::text
        END, format('%s ~ ''\S'''::text,
        CASE
            WHEN has.content THEN 't.content'::text
            ELSE 'memdb.content_of(t)'::text
        END)) ||
        CASE
            WHEN (s.attname = 'session_id'::name) THEN ' AND s.deleted_at IS NULL AND s.archived_at IS NULL'::text
            ELSE ''::text
        END) AS live,
        CASE
            WHEN has.content THEN 't.content'::text
            ELSE 'memdb.content_of(t)'::text
        END AS content,
        CASE
            WHEN has.version THEN 't.version'::text
            ELSE '1'::text
        END AS version,
    (has.content OR (to_regprocedure(format('memdb.content_of(%s)'::text, (f.confrelid)::regclass)) IS NOT NULL)) AS of_content
   FROM (((((pg_class c
     JOIN pg_partitioned_table p ON ((p.partrelid = c.oid)))
     JOIN pg_constraint f ON (((f.conrelid = c.oid) AND (f.contype = 'f'::"char"))))
     CROSS JOIN LATERAL ( SELECT "left"((c.relname)::text, (- length('_embeddings'::text))) AS kind) k)
     LEFT JOIN pg_attribute s ON (((s.attrelid = c.oid) AND (s.attnum > 0) AND (NOT s.attisdropped) AND ((s.attname <> ALL (ARRAY['org_id'::name, 'space'::name, 'embedding'::name])) AND (s.attname <> (k.kind || '_id'::text))))))
     CROSS JOIN LATERAL ( SELECT COALESCE(bool_or((a.attname = 'deleted_at'::name)), false) AS deletion,
            COALESCE(bool_or((a.attname = 'content'::name)), false) AS content,
            COALESCE(bool_or((a.attname = 'version'::name)), false) AS version
           FROM pg_attribute a
          WHERE ((a.attrelid = f.confrelid) AND (a.attnum > 0) AND (NOT a.attisdropped))) has)
  WHERE (c.relnamespace = ('memdb'::regnamespace)::oid);

CREATE FUNCTION memdb.embedding_table(wanted text) RETURNS memdb.embedding_tables
    LANGUAGE plpgsql STABLE
    AS $$
DECLARE
    found_table memdb.embedding_tables;
BEGIN
    SELECT t.* INTO found_table FROM memdb.embedding_tables AS t WHERE t.kind = wanted AND t.of_content;
    PERFORM memdb.must(found, 'kind', 'must be a kind of things that have embeddings: see spaces.kinds');
    RETURN found_table;
END
$$;

CREATE FUNCTION memdb.end_expired_memories(tenant uuid, ids uuid[], actor text) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    ended bigint;
BEGIN
    WITH expired AS (
        UPDATE memdb.memories AS m
        SET
            deleted_at = now(),
            updated_at = greatest(m.updated_at, now()),
            version = m.version + 1
        WHERE m.org_id = tenant
            AND m.id = ANY (ids)
            AND m.status = 'active'
            AND m.deleted_at IS NULL
            AND m.expires_at <= now()
        RETURNING m AS memory
    ),
    recorded AS (
        INSERT INTO memdb.memory_versions
        SELECT v.*
        FROM expired AS e, memdb.version_of(e.memory, 'expire', NULL, actor) AS v
    )
    SELECT count(*) INTO ended FROM expired;
    RETURN ended;
END
$$;

CREATE FUNCTION memdb.entities_fit(entities text[]) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
BEGIN
    RETURN cardinality(entities) <= 50
        AND NOT EXISTS (
            SELECT FROM unnest(entities) AS e (entity)
            WHERE e.entity IS NULL OR char_length(e.entity) NOT BETWEEN 1 AND 200
        );
END
$$;

CREATE FUNCTION memdb.entity_slug(name text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
DECLARE
    lowered CONSTANT text := memdb.lowered(name);
    -- By their numbers, because what is a letter depends on the locale. Beyond ASCII, the symbols of memdb.spaced.
    slug CONSTANT text := btrim(
        regexp_replace(
            lowered,
            '[\u0001-\u0022\u0024-\u002a\u002c-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7'
            '\u2000-\u2bff\u3000-\u3004\u3008-\u3020\u3030\u303d-\u303f\u30fb\ufe00-\ufe6f\uff00-\uff65\U0001f000-\U0001faff]+',
            '_', 'g'
        ),
        '_'
    );
BEGIN
    RETURN CASE slug WHEN '' THEN btrim(regexp_replace(lowered, '\s+', '_', 'g'), '_') ELSE slug END;
END
$$;

CREATE FUNCTION memdb.entity_key(type text, name text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ((type || ':'::text) || memdb.entity_slug(name));

CREATE TABLE memdb.audit_log (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    seq bigint,
    digest bytea,
    actor text,
    action text NOT NULL,
    resource_type text NOT NULL,
    resource_id text,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT audit_log_action_length CHECK (((char_length(action) >= 1) AND (char_length(action) <= 200))),
    CONSTRAINT audit_log_actor_length CHECK (((char_length(actor) >= 1) AND (char_length(actor) <= 200))),
    CONSTRAINT audit_log_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT audit_log_details_object CHECK (((jsonb_typeof(details) = 'object'::text) AND (octet_length((details)::text) <= 65536))),
    CONSTRAINT audit_log_resource_id_length CHECK (((char_length(resource_id) >= 1) AND (char_length(resource_id) <= 200))),
    CONSTRAINT audit_log_resource_type_length CHECK (((char_length(resource_type) >= 1) AND (char_length(resource_type) <= 200))),
    CONSTRAINT audit_log_seal_complete CHECK (((seq IS NULL) = (digest IS NULL)))
);

ALTER TABLE ONLY memdb.audit_log FORCE ROW LEVEL SECURITY;

CREATE FUNCTION memdb.entry_digest(entry memdb.audit_log) RETURNS bytea
    LANGUAGE sql STABLE
    RETURN sha256(convert_to((jsonb_build_array((entry).org_id, (entry).id, ((EXTRACT(epoch FROM (entry).created_at) * (1000000)::numeric))::bigint, (entry).actor, (entry).action, (entry).resource_type, (entry).resource_id, (entry).details))::text, 'UTF8'::name));

CREATE FUNCTION memdb.equalities_of(filter jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $_$
DECLARE
    found jsonb := '{}';
    given record;
BEGIN
    FOR given IN SELECT f.key, f.value FROM jsonb_each(filter) AS f LOOP
        CASE
            WHEN given.key = '$and' THEN
                SELECT coalesce(jsonb_object_agg(o.key, o.value), '{}') || found INTO found
                FROM jsonb_array_elements(given.value) AS e, jsonb_each(memdb.equalities_of(e.value)) AS o;
            WHEN given.key IN ('$or', '$not') THEN
                NULL;
            WHEN jsonb_typeof(given.value) <> 'object' THEN
                found := found || jsonb_build_object(given.key, given.value);
            WHEN given.value ? '$eq' THEN
                found := found || jsonb_build_object(given.key, given.value -> '$eq');
            ELSE
                NULL;
        END CASE;
    END LOOP;
    RETURN nullif(found, '{}');
END
$_$;

CREATE FUNCTION memdb.equality_at(place text, wanted jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
DECLARE
    type CONSTANT text := jsonb_typeof(wanted);
    parts text[] := ARRAY[format('%s.type() == "%s"', place, type)];
BEGIN
    CASE type
        WHEN 'null' THEN
            NULL;
        WHEN 'array' THEN
            parts := parts || format('%s.size() == %s', place, jsonb_array_length(wanted)) || ARRAY(
                SELECT memdb.equality_at(format('%s[%s]', place, e.number - 1), e.value)
                FROM jsonb_array_elements(wanted) WITH ORDINALITY AS e (value, number)
            );
        WHEN 'object' THEN
            parts := parts || ARRAY(
                SELECT memdb.equality_at(format('%s.%s', place, to_json(e.key)), e.value) FROM jsonb_each(wanted) AS e
            ) || format(
                '!exists(%s.keyvalue() ? (%s))',
                place,
                coalesce((SELECT string_agg(format('@.key != %s', to_json(k.key)), ' && ') FROM jsonb_object_keys(wanted) AS k (key)), '1 == 1')
            );
        ELSE
            parts := parts || format('%s == %s', place, wanted);
    END CASE;
    RETURN format('(%s)', array_to_string(parts, ' && '));
END
$$;

CREATE FUNCTION memdb.estimated_tokens(content text, tool_calls jsonb) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (((char_length(content) + CASE WHEN (tool_calls = '[]'::jsonb) THEN 0 ELSE char_length((tool_calls)::text) END) + 3) / 4);

CREATE FUNCTION memdb.parts_without_text(parts text) RETURNS integer
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    RETURN (
        SELECT count(*)
        FROM json_array_elements(parts_without_text.parts::json) AS p (part)
        WHERE json_typeof(p.part -> 'text') IS DISTINCT FROM 'string'
    );
END
$$;

CREATE FUNCTION memdb.estimated_tokens(content text, calls text, parts text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN LEAST(((((char_length(content) + CASE WHEN (calls = '[]'::text) THEN 0 ELSE char_length(calls) END) + 3) / 4) + (1000 * COALESCE(memdb.parts_without_text(parts), 0))), 10000000);

CREATE FUNCTION memdb.filter_path(filter jsonb) RETURNS jsonpath
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $_$
BEGIN
    IF NOT filter @? '$.keyvalue() ? (@.key starts with "$" || @.value.type() == "object" || @.value.type() == "array")' THEN
        RETURN NULL;
    END IF;
    RETURN memdb.predicate_of(filter)::jsonpath;
END
$_$;

CREATE FUNCTION memdb.first_person(language text) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
DECLARE
    words CONSTANT text := CASE language
        WHEN 'danish' THEN 'jeg mig min mit mine vi os vores'
        WHEN 'dutch' THEN 'ik mij me mijn wij we ons onze'
        WHEN 'english' THEN 'I Im Ive me my mine we us our'
        WHEN 'french' THEN 'je j moi me m mon ma mes nous notre nos'
        WHEN 'german' THEN 'ich mich mir mein meine meinen meinem meiner wir uns unser unsere unseren unserem unserer'
        WHEN 'italian' THEN 'io me mi mio mia miei mie noi ci nostro nostra nostri nostre'
        WHEN 'norwegian' THEN 'jeg meg min mi mitt mine vi oss vår vårt våre'
        WHEN 'portuguese' THEN 'eu mim me meu minha meus minhas nós nos nosso nossa nossos nossas'
        WHEN 'russian' THEN 'я меня мне мной мой моя моё мои моего моей моих мы нас нам нами наш наша наше наши'
        WHEN 'spanish' THEN 'yo mí me mi mis mío mía nosotros nosotras nos nuestro nuestra nuestros nuestras'
        WHEN 'swedish' THEN 'jag mig min mitt mina vi oss vår vårt våra'
    END;
BEGIN
    RETURN (
        SELECT string_agg(memdb.query_of(w.lexeme)::text, '|')::tsquery
        FROM unnest(memdb.placed(language, memdb.lowered(words))) AS w
    );
END
$$;

CREATE FUNCTION memdb.folded(content text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
DECLARE
    lowered text := memdb.lowered(content);
BEGIN
    -- By their numbers, because what is white space depends on the locale; NFKC has made spaces of the others. To replace every single space
    -- by itself takes ten times as long as to find that there is nothing else.
    IF lowered ~ '[\u0009-\u000d\u0085\u1680\u2028\u2029]|  ' THEN
        lowered := regexp_replace(lowered, '[\u0009-\u000d\u0020\u0085\u1680\u2028\u2029]+', ' ', 'g');
    END IF;
    RETURN btrim(lowered, ' ');
END
$$;

CREATE FUNCTION memdb.graph_score(weight double precision, age double precision, edge_age double precision, is_named boolean, hop integer) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((((weight * GREATEST((0.1)::double precision, ((1)::double precision / ((1)::double precision + (GREATEST(age, (0)::double precision) / (30)::double precision))))) * GREATEST((0.2)::double precision, ((1)::double precision / ((1)::double precision + (GREATEST(edge_age, (0)::double precision) / (90)::double precision))))) * CASE WHEN is_named THEN (1.5)::double precision ELSE (1)::double precision END) / (hop)::double precision);

CREATE FUNCTION memdb.has_variants(content text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    RETURN content ~ '[\u0080-\u1fff\u2010\u2011\uff00-\uffef]|[a-zA-Z]-*[0-9]|[0-9]-*[a-zA-Z]';
END
$$;

CREATE FUNCTION memdb.holds(fact memdb.facts, as_of timestamp with time zone, known_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN (((known_at IS NULL) OR ((fact).ingested_at <= known_at)) AND ((known_at IS NULL) OR (as_of IS NOT NULL) OR ((NOT (fact).past) AND COALESCE(((fact).invalidated_at > known_at), true))) AND ((as_of IS NULL) OR ((fact).valid_from <= as_of)) AND ((as_of IS NULL) OR COALESCE((CASE WHEN ((fact).invalidated_at > known_at) THEN (fact).held_until ELSE (fact).valid_until END > as_of), true)) AND COALESCE(((fact).expires_at > COALESCE(as_of, known_at)), true));

CREATE FUNCTION memdb.id_at(moment timestamp with time zone) RETURNS uuid
    LANGUAGE sql STRICT PARALLEL SAFE
    AS $$
    SELECT encode(
        substring(int8send(floor(t.ms)::bigint) FROM 3)
        || substring(int4send(28672 + floor((t.ms - floor(t.ms)) * 4096)::int) FROM 3)
        || set_bit(set_bit(substring(uuid_send(gen_random_uuid()) FROM 9), 6, 0), 7, 1),
        'hex'
    )::uuid
    FROM (SELECT extract(epoch FROM moment) * 1000 AS ms) AS t
$$;

CREATE FUNCTION memdb.identifiers(content text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    IF content !~ '[a-zA-Z0-9][._/\\:@&-]+[a-zA-Z0-9]|[a-zA-Z](?:\+\+|#)' THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(
        SELECT DISTINCT lower(identifier.text)
        FROM (
            SELECT (regexp_matches(content, '(?<![^\u0001-\u007f])[a-zA-Z0-9_]+(?:[._/\\:@-]+[a-zA-Z0-9_]+)+', 'g'))[1] AS text
            UNION ALL
            SELECT (regexp_matches(content, '(?<![^\u0001-\u007f])[a-zA-Z0-9_]+(?:[._-]+[a-zA-Z0-9_]+)+', 'g'))[1]
            UNION ALL
            SELECT (regexp_matches(content, '(?<![^\u0001-\u007f])[a-zA-Z0-9]+(?:_+[a-zA-Z0-9]+)+', 'g'))[1]
            UNION ALL
            SELECT (regexp_matches(content, '(?<![^\u0001-\u007f])[a-zA-Z0-9]+(?:&[a-zA-Z0-9]+)+', 'g'))[1]
            UNION ALL
            SELECT (regexp_matches(content, '[a-zA-Z](?:\+\+|#)(?![a-zA-Z0-9_])', 'g'))[1]
        ) AS identifier
        WHERE length(identifier.text) BETWEEN 2 AND 200
    );
END
$$;

CREATE FUNCTION memdb.labels_fit(labels jsonb) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
BEGIN
    RETURN NOT EXISTS (
        SELECT FROM jsonb_each(labels) AS l
        WHERE l.key NOT IN ('factual', 'preference', 'behavioral', 'episodic', 'procedural')
            OR CASE WHEN jsonb_typeof(l.value) = 'number' THEN l.value NOT BETWEEN '0' AND '1' ELSE true END
    );
END
$$;

CREATE FUNCTION memdb.words_of_day(language text, observed_at timestamp with time zone) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    -- In one expression: each is prepared anew in each transaction.
    RETURN CASE
        WHEN isfinite(observed_at) THEN setweight(
            memdb.placed(
                language,
                lower(
                    concat_ws(
                        ' ',
                        extract(day FROM observed_at AT TIME ZONE 'UTC'),
                        (
                            CASE language
                                WHEN 'english'
                                    THEN '{January,February,March,April,May,June,July,August,September,October,November,December}'::text[]
                                WHEN 'french' THEN '{janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,décembre}'
                                WHEN 'german' THEN '{Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,Dezember}'
                                WHEN 'spanish'
                                    THEN '{enero,febrero,marzo,abril,mayo,junio,julio,agosto,septiembre,octubre,noviembre,diciembre}'
                                ELSE '{}'
                            END
                        )[extract(month FROM observed_at AT TIME ZONE 'UTC')::int],
                        extract(year FROM observed_at AT TIME ZONE 'UTC')
                    ) COLLATE "C"
                )
            ),
            'C'
        )
        ELSE ''::tsvector
    END;
END
$$;

CREATE TABLE memdb.memories (
    org_id uuid CONSTRAINT memories_org_id_not_null1 NOT NULL,
    id uuid DEFAULT memdb.new_id() CONSTRAINT memories_id_not_null1 NOT NULL,
    agent_id uuid CONSTRAINT memories_agent_id_not_null1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() CONSTRAINT memories_created_at_not_null1 NOT NULL,
    updated_at timestamp with time zone DEFAULT now() CONSTRAINT memories_updated_at_not_null1 NOT NULL,
    observed_at timestamp with time zone DEFAULT now() CONSTRAINT memories_observed_at_not_null1 NOT NULL,
    valid_from timestamp with time zone DEFAULT now() CONSTRAINT memories_valid_from_not_null1 NOT NULL,
    valid_until timestamp with time zone,
    expires_at timestamp with time zone,
    deleted_at timestamp with time zone,
    confidence double precision DEFAULT 0.8 CONSTRAINT memories_confidence_not_null1 NOT NULL,
    usefulness double precision GENERATED ALWAYS AS ((((votes_for + 1))::double precision / (((votes_for + votes_against) + 2))::double precision)) STORED CONSTRAINT memories_usefulness_not_null1 NOT NULL,
    version integer DEFAULT 1 CONSTRAINT memories_version_not_null1 NOT NULL,
    votes_for integer DEFAULT 0 CONSTRAINT memories_votes_for_not_null1 NOT NULL,
    votes_against integer DEFAULT 0 CONSTRAINT memories_votes_against_not_null1 NOT NULL,
    embedded boolean DEFAULT false NOT NULL,
    user_id uuid,
    session_id uuid,
    superseded_by uuid,
    merged_into uuid,
    status text DEFAULT 'active'::text CONSTRAINT memories_status_not_null1 NOT NULL,
    category text DEFAULT 'factual'::text CONSTRAINT memories_category_not_null1 NOT NULL,
    search tsvector GENERATED ALWAYS AS ((memdb.words(language, content) || memdb.words_of_day(language, observed_at))) STORED CONSTRAINT memories_search_not_null1 NOT NULL,
    tags text[] DEFAULT '{}'::text[] CONSTRAINT memories_tags_not_null1 NOT NULL,
    labels jsonb DEFAULT '{}'::jsonb CONSTRAINT memories_labels_not_null1 NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb CONSTRAINT memories_metadata_not_null1 NOT NULL,
    content_hash bytea GENERATED ALWAYS AS (memdb.content_hash(content)) STORED CONSTRAINT memories_content_hash_not_null1 NOT NULL,
    source text DEFAULT 'user_provided'::text CONSTRAINT memories_source_not_null1 NOT NULL,
    language text DEFAULT 'english'::text NOT NULL,
    embedding_model text,
    content text CONSTRAINT memories_content_not_null1 NOT NULL,
    apart uuid,
    kept boolean DEFAULT false NOT NULL,
    external_id text COLLATE pg_catalog."C",
    session_offset bigint,
    CONSTRAINT memories_category_known CHECK ((category = ANY (ARRAY['factual'::text, 'preference'::text, 'behavioral'::text, 'episodic'::text, 'procedural'::text]))),
    CONSTRAINT memories_confidence_range CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
    CONSTRAINT memories_content_length CHECK ((char_length(content) <= 8192)),
    CONSTRAINT memories_content_not_empty CHECK ((content ~ '\S'::text)),
    CONSTRAINT memories_embedding_model_length CHECK (((char_length(embedding_model) >= 1) AND (char_length(embedding_model) <= 256))),
    CONSTRAINT memories_embedding_model_needs_embedding CHECK (((embedding_model IS NULL) OR embedded)),
    CONSTRAINT memories_expiry_after_creation CHECK ((expires_at > created_at)),
    CONSTRAINT memories_external_id_length CHECK (((char_length(external_id) >= 1) AND (char_length(external_id) <= 512))),
    CONSTRAINT memories_labels_fit CHECK (((labels = '{}'::jsonb) OR ((jsonb_typeof(labels) = 'object'::text) AND (labels ? category) AND memdb.labels_fit(labels)))),
    CONSTRAINT memories_links_fit CHECK ((((superseded_by IS NULL) OR ((status = 'superseded'::text) AND (superseded_by <> id))) AND ((merged_into IS NULL) OR ((status = 'merged'::text) AND (merged_into <> id))))),
    CONSTRAINT memories_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192))),
    CONSTRAINT memories_source_known CHECK ((source = ANY (ARRAY['extracted'::text, 'user_provided'::text, 'imported'::text, 'inferred'::text]))),
    CONSTRAINT memories_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'active'::text, 'superseded'::text, 'merged'::text, 'archived'::text, 'pending_review'::text, 'quarantined'::text, 'discarded'::text]))),
    CONSTRAINT memories_tags_count CHECK ((cardinality(tags) <= 20)),
    CONSTRAINT memories_validity_order CHECK ((valid_until >= valid_from))
);
ALTER TABLE ONLY memdb.memories ALTER COLUMN search SET STORAGE MAIN;

ALTER TABLE ONLY memdb.memories FORCE ROW LEVEL SECURITY;

CREATE FUNCTION memdb.in_scope(memory memdb.memories, agent uuid, of_user uuid, in_session uuid, of_category text, with_tags text[], with_metadata jsonb, as_of timestamp with time zone, since timestamp with time zone, until timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN (((memory).agent_id = agent) AND ((memory).deleted_at IS NULL) AND (((memory).expires_at IS NULL) OR ((memory).expires_at > now())) AND ((memory).valid_from <= COALESCE(as_of, statement_timestamp())) AND (((memory).valid_until IS NULL) OR ((memory).valid_until > COALESCE(as_of, statement_timestamp()))) AND (((memory).status = 'active'::text) OR ((as_of IS NOT NULL) AND ((memory).status = ANY (ARRAY['superseded'::text, 'merged'::text])))) AND ((of_user IS NULL) OR ((memory).user_id = of_user)) AND ((in_session IS NULL) OR ((memory).session_id = in_session)) AND ((of_category IS NULL) OR ((memory).category = of_category) OR ((memory).labels ? of_category)) AND ((with_tags IS NULL) OR ((memory).tags @> with_tags)) AND ((with_metadata IS NULL) OR ((memory).metadata @> with_metadata)) AND ((since IS NULL) OR ((memory).created_at >= since)) AND ((until IS NULL) OR ((memory).created_at < until)));

CREATE FUNCTION memdb.index_statements(indexed_space smallint) RETURNS SETOF text
    LANGUAGE sql STABLE
    AS $_$
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
$_$;

CREATE FUNCTION memdb.is_among(columns name[], others text, their_columns name[]) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    SELECT CASE cardinality(is_among.columns)
        WHEN 0 THEN 'true'
        ELSE format(
            't.%I = ANY (ARRAY(SELECT o.%I FROM %s AS o))', is_among.columns[1], is_among.their_columns[1], is_among.others
        ) || CASE
            WHEN cardinality(is_among.columns) = 1 THEN ''
            ELSE format(
                ' AND (%s) IN (SELECT %s FROM %s AS o)',
                (SELECT string_agg(format('t.%I', c.name), ', ' ORDER BY c.place) FROM unnest(is_among.columns) WITH ORDINALITY AS c (name, place)),
                (
                    SELECT string_agg(format('o.%I', c.name), ', ' ORDER BY c.place)
                    FROM unnest(is_among.their_columns) WITH ORDINALITY AS c (name, place)
                ),
                is_among.others
            )
        END
    END
$$;

CREATE FUNCTION memdb.is_of_type(value jsonb, value_type text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $_$
BEGIN
    RETURN CASE value_type
        WHEN 'json' THEN jsonb_typeof(value) <> 'null'
        WHEN 'date' THEN
            jsonb_typeof(value) = 'string'
            AND value #>> '{}' ~ '^\d{4}-\d\d-\d\d([T ][\d:.]+(Z|[+-][\d:]+)?)?$'
            AND pg_input_is_valid(value #>> '{}', 'timestamptz')
        ELSE jsonb_typeof(value) = value_type
    END;
END
$_$;

CREATE FUNCTION memdb.matches(item jsonb, filter jsonpath) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (CASE jsonb_typeof(item) WHEN 'object'::text THEN item ELSE '{}'::jsonb END @@ filter);

CREATE FUNCTION memdb.path_of(labels text[]) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    IF labels = '{}' THEN
        RETURN repeat(chr(1), 2);
    END IF;
    -- Hardly ever: else this is no query of its own, which would take ten times as long.
    IF strpos(array_to_string(labels, ''), chr(1)) > 0 THEN
        labels := ARRAY(
            SELECT replace(l.label, chr(1), chr(1) || chr(2)) FROM unnest(labels) WITH ORDINALITY AS l (label, place) ORDER BY l.place
        );
    END IF;
    RETURN repeat(chr(1), 2) || array_to_string(labels, repeat(chr(1), 2)) || repeat(chr(1), 2);
END
$$;

CREATE TABLE memdb.items (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    agent_id uuid,
    user_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    time_to_live interval,
    path text GENERATED ALWAYS AS (memdb.path_of(namespace)) STORED NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    namespace text[] NOT NULL,
    value jsonb NOT NULL,
    letters text,
    CONSTRAINT items_key_size CHECK ((octet_length(key) <= 1024)),
    CONSTRAINT items_letters_size CHECK ((octet_length(letters) <= 16777216)),
    CONSTRAINT items_namespace_size CHECK (((array_position(namespace, NULL::text) IS NULL) AND (octet_length(path) <= 1024))),
    CONSTRAINT items_time_to_live_positive CHECK (((time_to_live > '00:00:00'::interval) AND ((time_to_live IS NULL) = (expires_at IS NULL)))),
    CONSTRAINT items_value_size CHECK ((octet_length((value)::text) <= 16777216))
);

ALTER TABLE ONLY memdb.items FORCE ROW LEVEL SECURITY;

CREATE FUNCTION memdb.is_shown(item memdb.items, ended boolean, equalities jsonb, filter jsonpath) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ((ended OR COALESCE(((item).expires_at > now()), true)) AND COALESCE(((item).value @> equalities), true) AND COALESCE(memdb.matches((item).value, filter), true));

CREATE PROCEDURE memdb.isolate(IN isolated regclass, IN ended_by name[] DEFAULT NULL::name[])
    LANGUAGE plpgsql
    AS $$
DECLARE
    described record;
    wrong text;
BEGIN
    SELECT
        c.relnamespace::regnamespace AS schema,
        c.relispartition AS is_partition,
        c.relkind,
        o.attnum AS owner,
        o.atttypid = 'uuid'::regtype AND o.attnotnull AS owner_fits,
        (SELECT p.conkey[1] FROM pg_constraint AS p WHERE p.conrelid = c.oid AND p.contype = 'p') AS first_of_key,
        EXISTS (
            SELECT FROM pg_constraint AS f
            WHERE f.conrelid = c.oid AND f.contype = 'f' AND o.attnum = ANY (f.conkey) AND f.confrelid <> f.conrelid
        ) AS refers,
        (
            SELECT min(f.conname) FROM pg_constraint AS f
            WHERE f.conrelid = c.oid AND f.confrelid = c.oid AND f.contype = 'f' AND (f.confdeltype = 'c' OR NOT f.condeferrable)
        ) AS of_itself
    INTO described
    FROM pg_class AS c
    LEFT JOIN pg_attribute AS o ON o.attrelid = c.oid AND o.attname = 'org_id' AND NOT o.attisdropped
    WHERE c.oid = isolated;
    SELECT string_agg(quote_ident(e.name), ', ') INTO wrong
    FROM unnest(ended_by) AS e (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_attribute AS a
        WHERE a.attrelid = isolated AND a.attname = e.name AND a.atttypid = 'timestamptz'::regtype AND NOT a.attisdropped
    );
    wrong := CASE
        WHEN described.relkind NOT IN ('r', 'p') THEN 'must be a table'
        WHEN described.owner_fits IS NOT TRUE THEN 'must have a column org_id uuid NOT NULL'
        WHEN described.is_partition THEN NULL
        WHEN described.first_of_key IS DISTINCT FROM described.owner THEN 'must have a primary key that begins with org_id'
        WHEN NOT described.refers THEN
            'must refer to memdb.organizations, or with org_id to a table that does: what refers to nothing is there when its tenant is gone'
        WHEN described.of_itself IS NOT NULL THEN
            format('must refer to itself only by what is DEFERRABLE and not ON DELETE CASCADE, which %I is not', described.of_itself)
        WHEN wrong IS NOT NULL THEN format('must have each column of ended_by as a timestamptz, which it has not: %s', wrong)
    END;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION '% %', isolated, wrong USING ERRCODE = 'invalid_parameter_value';
    END IF;
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', isolated);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', isolated);
    EXECUTE format('DROP POLICY IF EXISTS tenant ON %s', isolated);
    EXECUTE format('DROP POLICY IF EXISTS admin ON %s', isolated);
    EXECUTE format(
        'CREATE POLICY tenant ON %s USING (org_id = nullif(current_setting(%L, true), %L)::uuid)', isolated, 'memdb.org_id', ''
    );
    EXECUTE format('CREATE POLICY admin ON %s TO %I USING (true)', isolated, memdb.database_role('admin'));
    IF ended_by IS NOT NULL THEN
        EXECUTE format('COMMENT ON POLICY tenant ON %s IS %L', isolated, format('ended by %s', ended_by));
    END IF;
    IF described.schema <> 'memdb'::regnamespace THEN
        EXECUTE format(
            'GRANT USAGE ON SCHEMA %s TO %I, %I', described.schema, memdb.database_role('app'), memdb.database_role('admin')
        );
        EXECUTE format(
            'GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I, %I', isolated, memdb.database_role('app'), memdb.database_role('admin')
        );
    END IF;
END
$$;

CREATE FUNCTION memdb.joined(content text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    RETURN regexp_replace(
        content,
        '(?<![a-zA-Z0-9\u0080-\u1fff-])([a-zA-Z\u0080-\u1fff]+)[-\u2010\u2011]+([0-9]+)(?![a-zA-Z0-9\u0080-\u1fff-])'
        '|(?<![a-zA-Z0-9\u0080-\u1fff-])([0-9]+)[-\u2010\u2011]+([a-zA-Z\u0080-\u1fff]+)(?![a-zA-Z0-9\u0080-\u1fff-])',
        '\1\2\3\4',
        'g'
    );
END
$$;

CREATE FUNCTION memdb.keep_entities(tenant uuid, given uuid[]) RETURNS TABLE(given_id uuid, id uuid, agent_id uuid)
    LANGUAGE plpgsql
    AS $$
DECLARE
    wanted uuid[];
    kept uuid[] := '{}';
BEGIN
    LOOP
        wanted := ARRAY(
            SELECT DISTINCT coalesce(e.merged_into, e.id) FROM memdb.entities AS e WHERE e.org_id = tenant AND e.id = ANY (given)
        );
        EXIT WHEN wanted <@ kept;
        PERFORM FROM memdb.entities AS e WHERE e.org_id = tenant AND e.id = ANY (wanted) ORDER BY e.id FOR KEY SHARE;
        kept := kept || wanted;
    END LOOP;
    RETURN QUERY
    SELECT
        g.id,
        e.id,
        e.agent_id
    FROM memdb.entities AS g
    JOIN memdb.entities AS e ON e.org_id = tenant AND e.id = coalesce(g.merged_into, g.id)
    WHERE g.org_id = tenant
        AND g.id = ANY (given)
        AND g.deleted_at IS NULL
        AND e.deleted_at IS NULL;
END
$$;

CREATE FUNCTION memdb.lacking_embeddings(tenant uuid, kind text, in_space smallint, after uuid, most integer) RETURNS TABLE(id uuid, version integer, content text)
    LANGUAGE plpgsql STABLE
    AS $_$
DECLARE
    e memdb.embedding_tables := memdb.embedding_table(kind);
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT t.id, %s, %s
        FROM %s
        WHERE t.org_id = $1
            AND ($2 IS NULL OR t.id > $2)
            AND %s
            AND NOT EXISTS (
                SELECT FROM %s AS e WHERE e.org_id = $1 AND e.%I = t.id AND e.space = $3 AND e.embedding IS NOT NULL
            )
        ORDER BY t.id
        LIMIT $4',
        e.version, e.content, e.source, e.live, e.embeddings, e.key
    )
    USING tenant, after, in_space, most;
END
$_$;

CREATE FUNCTION memdb.memories_by_words(agent uuid, words tsquery, other_words tsquery, fewest integer, of_user uuid, in_session uuid, of_category text, with_tags text[], with_metadata jsonb, as_of timestamp with time zone, since timestamp with time zone, until timestamp with time zone, part text) RETURNS TABLE(id uuid, session_id uuid, search tsvector)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
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

CREATE FUNCTION memdb.memories_by_words(agent uuid, words tsquery, other_words tsquery, fewest integer, of_user uuid, in_session uuid, of_category text, with_tags text[], with_metadata jsonb, as_of timestamp with time zone, since timestamp with time zone, until timestamp with time zone, part text, most integer) RETURNS TABLE(id uuid, session_id uuid, search tsvector)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
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

CREATE FUNCTION memdb.memories_near(agent uuid, in_space smallint, toward public.halfvec, most integer, by_cells boolean, words tsquery, required tsquery, of_user uuid, in_session uuid, of_category text, with_tags text[], with_metadata jsonb, as_of timestamp with time zone, since timestamp with time zone, until timestamp with time zone, part text) RETURNS TABLE(id uuid, session_id uuid, search tsvector, nearness double precision)
    LANGUAGE plpgsql STABLE
    SET plan_cache_mode TO 'force_custom_plan'
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
        $$;

CREATE FUNCTION memdb.memories_with_words(agent uuid, words tsquery) RETURNS SETOF memdb.memories
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
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

CREATE TABLE memdb.entity_merges (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    agent_id uuid NOT NULL,
    merged_id uuid NOT NULL,
    into_id uuid NOT NULL,
    merged_at timestamp with time zone DEFAULT now() NOT NULL,
    undone_at timestamp with time zone,
    first_seen_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    mentions integer NOT NULL,
    facts integer DEFAULT 0 NOT NULL,
    edges integer DEFAULT 0 NOT NULL,
    aliases integer DEFAULT 0 NOT NULL,
    merged_by text,
    undone_by text,
    reason text,
    CONSTRAINT entity_merges_not_into_itself CHECK ((merged_id <> into_id)),
    CONSTRAINT entity_merges_reason_length CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000)))
);

ALTER TABLE ONLY memdb.entity_merges FORCE ROW LEVEL SECURITY;

CREATE FUNCTION memdb.merge_entities(tenant uuid, merged uuid, target uuid, why text, actor text) RETURNS SETOF memdb.entity_merges
    LANGUAGE plpgsql
    AS $$
DECLARE
    gone memdb.entities;
    kept memdb.entities;
    made memdb.entity_merges;
    moment timestamptz;
BEGIN
    PERFORM memdb.must(merged <> target, 'into_id', 'must be another entity');
    PERFORM
    FROM memdb.agents AS a
    WHERE a.org_id = tenant
        AND a.id = (SELECT e.agent_id FROM memdb.entities AS e WHERE e.org_id = tenant AND e.id = merged)
    FOR NO KEY UPDATE;
    PERFORM
    FROM memdb.entities AS e
    WHERE e.org_id = tenant
        AND e.id = ANY (
            ARRAY(
                SELECT unnest(ARRAY[merged, target])
                UNION ALL
                SELECT c.id FROM memdb.entities AS c WHERE c.org_id = tenant AND c.merged_into = merged
            )
        )
    ORDER BY e.id
    FOR UPDATE;
    moment := clock_timestamp();
    SELECT e.* INTO gone FROM memdb.entities AS e WHERE e.org_id = tenant AND e.id = merged AND e.deleted_at IS NULL;
    SELECT e.* INTO kept FROM memdb.entities AS e WHERE e.org_id = tenant AND e.id = target AND e.deleted_at IS NULL;
    IF gone.id IS NULL OR kept.id IS NULL THEN
        RETURN;
    END IF;
    PERFORM FROM memdb.writers AS w WHERE w.org_id = tenant AND w.id = gone.agent_id AND memdb.takes_writes(w, gone.agent_id);
    PERFORM
        memdb.must(gone.agent_id = kept.agent_id, 'into_id', 'must be an entity of the same agent'),
        memdb.must(kept.status = 'active', 'into_id', 'must be an active entity, not one that is merged');
    IF gone.merged_into = target THEN
        RETURN QUERY
        SELECT m.*
        FROM memdb.entity_merges AS m
        WHERE m.org_id = tenant
            AND m.merged_id = merged
            AND m.undone_at IS NULL
        ORDER BY m.id DESC
        LIMIT 1;
        RETURN;
    ELSIF gone.status = 'merged' THEN
        RAISE EXCEPTION 'no such transition' USING ERRCODE = 'MV003', DETAIL = 'merged|merged';
    END IF;

    INSERT INTO memdb.entity_merges AS m (
        org_id, agent_id, merged_id, into_id, merged_at, first_seen_at, last_seen_at, mentions, merged_by, reason
    )
    VALUES (tenant, gone.agent_id, merged, target, moment, kept.first_seen_at, kept.last_seen_at, gone.mentions, actor, why)
    RETURNING m.* INTO STRICT made;

    WITH moved AS (
        UPDATE memdb.entities AS e
        SET merged_into = target
        WHERE e.org_id = tenant
            AND e.merged_into = merged
        RETURNING e.id
    )
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, kind)
    SELECT tenant, made.id, m.id, 'entity' FROM moved AS m;
    UPDATE memdb.entities AS e
    SET
        status = 'merged',
        merged_into = target,
        updated_at = greatest(e.updated_at, moment),
        version = e.version + 1
    WHERE e.org_id = tenant
        AND e.id = merged;
    UPDATE memdb.entities AS e
    SET
        first_seen_at = least(e.first_seen_at, gone.first_seen_at),
        last_seen_at = greatest(e.last_seen_at, gone.last_seen_at),
        mentions = least(e.mentions::bigint + gone.mentions, 2147483647),
        updated_at = greatest(e.updated_at, moment),
        version = e.version + 1
    WHERE e.org_id = tenant
        AND e.id = target;

    WITH moved AS (
        UPDATE memdb.entity_aliases AS a
        SET entity_id = target
        WHERE a.org_id = tenant
            AND a.entity_id = merged
        RETURNING a.key
    ),
    added AS (
        INSERT INTO memdb.entity_aliases AS a (org_id, agent_id, entity_id, key, alias)
        SELECT tenant, gone.agent_id, target, name.key, gone.name
        FROM (SELECT gone.key UNION SELECT memdb.entity_slug(gone.name)) AS name (key)
        ORDER BY name.key
        -- The first to take a name keeps it.
        ON CONFLICT ON CONSTRAINT entity_aliases_pkey DO NOTHING
        RETURNING a.key
    )
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, kind, key)
    SELECT tenant, made.id, merged, 'alias', m.key FROM moved AS m
    UNION ALL
    SELECT tenant, made.id, merged, 'added_alias', a.key FROM added AS a;

    -- A fact that the other one has, too, for as long at least, gives way to that and confirms it.
    PERFORM
    FROM memdb.facts AS f
    WHERE f.org_id = tenant
        AND f.id = ANY (
            ARRAY(
                SELECT unnest(ARRAY[n.id, o.id])
                FROM memdb.facts AS n
                JOIN memdb.facts AS o
                    ON o.org_id = tenant AND o.entity_id = target AND o.attribute IS NOT DISTINCT FROM n.attribute AND o.same_key = n.same_key
                WHERE n.org_id = tenant
                    AND n.entity_id = merged
            )
        )
    ORDER BY f.id
    FOR NO KEY UPDATE;
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, other_id, kind, before)
    SELECT DISTINCT ON (f.id)
        tenant, made.id, f.id, o.id, 'equal_fact', jsonb_build_object('valid_until', f.valid_until)
    FROM memdb.facts AS f
    JOIN memdb.facts AS o
        ON o.org_id = tenant AND o.entity_id = target AND o.attribute IS NOT DISTINCT FROM f.attribute AND o.same_key = f.same_key
    WHERE f.org_id = tenant
        AND f.entity_id = merged
        AND f.status = 'active'
        AND f.deleted_at IS NULL
        AND o.status = 'active'
        AND o.deleted_at IS NULL
        AND coalesce(o.valid_until >= f.valid_until, o.valid_until IS NULL)
        AND coalesce(o.valid_from < f.valid_until, true)
    ORDER BY f.id, o.valid_until IS NOT DISTINCT FROM f.valid_until DESC, o.id;
    WITH twins AS MATERIALIZED (
        SELECT
            o.id,
            o.confidence,
            o.confirmations,
            o.confirmed_at,
            o.expires_at,
            max(f.confidence) AS surest,
            CASE WHEN o.expires_at IS NOT NULL AND bool_and(f.expires_at IS NOT NULL) THEN greatest(o.expires_at, max(f.expires_at)) END AS expiry,
            count(*)::int AS times
        FROM memdb.entity_merge_parts AS p
        JOIN memdb.facts AS f ON f.org_id = tenant AND f.id = p.part_id
        JOIN memdb.facts AS o ON o.org_id = tenant AND o.id = p.other_id
        WHERE p.org_id = tenant
            AND p.merge_id = made.id
            AND p.kind = 'equal_fact'
        GROUP BY o.org_id, o.id
    ),
    confirmed AS (
        UPDATE memdb.facts AS o
        SET
            confidence = greatest(o.confidence, t.surest),
            confirmations = o.confirmations + t.times,
            confirmed_at = moment,
            expires_at = t.expiry,
            updated_at = greatest(o.updated_at, moment),
            version = o.version + 1
        FROM twins AS t
        WHERE o.org_id = tenant
            AND o.id = t.id
        RETURNING o.id, o.confidence, o.confirmations, o.confirmed_at, o.expires_at
    )
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, kind, before, after)
    SELECT
        tenant, made.id, t.id, 'confirmed_fact',
        jsonb_build_object(
            'confidence', t.confidence, 'confirmations', t.confirmations, 'confirmed_at', t.confirmed_at, 'expires_at', t.expires_at
        ),
        to_jsonb(c) - 'id'
    FROM twins AS t
    JOIN confirmed AS c ON c.id = t.id;
    UPDATE memdb.facts AS f
    SET
        entity_id = target,
        status = 'superseded',
        superseded_by = o.id,
        invalidated_at = moment,
        held_until = f.valid_until,
        valid_until = greatest(f.valid_from, least(f.valid_until, o.valid_from)),
        updated_at = greatest(f.updated_at, moment),
        version = f.version + 1
    FROM memdb.entity_merge_parts AS p
    JOIN memdb.facts AS o ON o.org_id = tenant AND o.id = p.other_id
    WHERE p.org_id = tenant
        AND p.merge_id = made.id
        AND p.kind = 'equal_fact'
        AND f.org_id = tenant
        AND f.id = p.part_id;
    WITH moved AS (
        UPDATE memdb.facts AS f
        SET
            entity_id = target,
            updated_at = greatest(f.updated_at, moment),
            version = f.version + 1
        WHERE f.org_id = tenant
            AND f.entity_id = merged
        RETURNING f.id
    )
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, kind)
    SELECT tenant, made.id, m.id, 'fact' FROM moved AS m;
    WITH gone_links AS (
        DELETE FROM memdb.fact_entities AS l
        WHERE l.org_id = tenant
            AND l.entity_id = merged
        RETURNING l.fact_id
    ),
    added AS (
        INSERT INTO memdb.fact_entities AS l (org_id, fact_id, entity_id)
        SELECT tenant, g.fact_id, target FROM gone_links AS g
        ON CONFLICT ON CONSTRAINT fact_entities_pkey DO NOTHING
        RETURNING l.fact_id
    )
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, kind)
    SELECT tenant, made.id, g.fact_id, CASE WHEN a.fact_id IS NULL THEN 'shared_link' ELSE 'link' END
    FROM gone_links AS g
    LEFT JOIN added AS a ON a.fact_id = g.fact_id;

    WITH shown AS (
        UPDATE memdb.edges AS e
        SET
            fact_id = p.other_id,
            updated_at = greatest(e.updated_at, moment),
            version = e.version + 1
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = made.id
            AND p.kind = 'equal_fact'
            AND e.org_id = tenant
            AND e.fact_id = p.part_id
        RETURNING e.id, p.part_id AS fact_id
    )
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, other_id, kind)
    SELECT tenant, made.id, s.id, s.fact_id, 'evidence' FROM shown AS s;
    -- An edge that the other one has, too, takes in what this one has, if that is active; this one stays, set aside.
    PERFORM
    FROM memdb.edges AS e
    WHERE e.org_id = tenant
        AND e.id = ANY (
            ARRAY(
                SELECT unnest(ARRAY[n.id, o.id])
                FROM memdb.edges AS n
                LEFT JOIN memdb.edges AS o
                    ON o.org_id = tenant
                    AND o.source_id = CASE WHEN n.source_id = merged THEN target ELSE n.source_id END
                    AND o.target_id = CASE WHEN n.target_id = merged THEN target ELSE n.target_id END
                    AND o.type = n.type
                WHERE n.org_id = tenant
                    AND (n.source_id = merged OR n.target_id = merged)
            )
        )
    ORDER BY e.source_id, e.target_id, e.type
    FOR NO KEY UPDATE;
    WITH pairs AS MATERIALIZED (
        SELECT
            o.id,
            e.id AS from_id,
            jsonb_build_object(
                'weight', o.weight, 'assertions', o.assertions, 'valid_from', o.valid_from, 'valid_until', o.valid_until,
                'invalidated_at', o.invalidated_at, 'used_at', o.used_at, 'fact_id', o.fact_id
            ) AS before
        FROM memdb.edges AS e
        JOIN memdb.edges AS o
            ON o.org_id = tenant
            AND o.source_id = CASE WHEN e.source_id = merged THEN target ELSE e.source_id END
            AND o.target_id = CASE WHEN e.target_id = merged THEN target ELSE e.target_id END
            AND o.type = e.type
        WHERE e.org_id = tenant
            AND (e.source_id = merged OR e.target_id = merged)
            AND e.invalidated_at IS NULL
    ),
    grown AS (
        UPDATE memdb.edges AS o
        SET
            weight = CASE WHEN o.invalidated_at IS NULL THEN greatest(o.weight, e.weight) ELSE e.weight END,
            assertions = least(o.assertions::bigint + e.assertions, 2147483647),
            valid_from = CASE
                WHEN o.invalidated_at IS NULL THEN least(coalesce(o.valid_from, o.created_at), coalesce(e.valid_from, e.created_at))
                ELSE coalesce(e.valid_from, e.created_at)
            END,
            valid_until = CASE
                WHEN o.invalidated_at IS NOT NULL THEN e.valid_until
                WHEN o.valid_until IS NOT NULL AND e.valid_until IS NOT NULL THEN greatest(o.valid_until, e.valid_until)
            END,
            invalidated_at = NULL,
            used_at = greatest(o.used_at, e.used_at),
            fact_id = CASE WHEN o.invalidated_at IS NULL THEN coalesce(o.fact_id, e.fact_id) ELSE e.fact_id END,
            updated_at = greatest(o.updated_at, moment),
            version = o.version + 1
        FROM pairs AS p
        JOIN memdb.edges AS e ON e.org_id = tenant AND e.id = p.from_id
        WHERE o.org_id = tenant
            AND o.id = p.id
        RETURNING o.id, o.weight, o.assertions, o.valid_from, o.valid_until, o.invalidated_at, o.used_at, o.fact_id
    )
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, other_id, kind, before, after)
    SELECT tenant, made.id, g.id, p.from_id, 'grown_edge', p.before, to_jsonb(g) - 'id'
    FROM pairs AS p
    JOIN grown AS g ON g.id = p.id;
    WITH set_aside AS (
        UPDATE memdb.edges AS e
        SET
            invalidated_at = moment,
            updated_at = greatest(e.updated_at, moment),
            version = e.version + 1
        WHERE e.org_id = tenant
            AND (e.source_id = merged OR e.target_id = merged)
            AND e.invalidated_at IS NULL
            AND (
                target IN (e.source_id, e.target_id)
                OR e.id = ANY (
                    ARRAY(
                        SELECT p.other_id
                        FROM memdb.entity_merge_parts AS p
                        WHERE p.org_id = tenant
                            AND p.merge_id = made.id
                            AND p.kind = 'grown_edge'
                    )
                )
            )
        RETURNING e.id
    )
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, kind)
    SELECT tenant, made.id, s.id, 'set_aside_edge' FROM set_aside AS s;
    WITH moved AS (
        UPDATE memdb.edges AS e
        SET
            source_id = CASE WHEN e.source_id = merged THEN target ELSE e.source_id END,
            target_id = CASE WHEN e.target_id = merged THEN target ELSE e.target_id END,
            updated_at = greatest(e.updated_at, moment),
            version = e.version + 1
        WHERE e.org_id = tenant
            AND (e.source_id = merged OR e.target_id = merged)
            AND target NOT IN (e.source_id, e.target_id)
            AND NOT EXISTS (
                SELECT FROM memdb.edges AS o
                WHERE o.org_id = tenant
                    AND o.source_id = CASE WHEN e.source_id = merged THEN target ELSE e.source_id END
                    AND o.target_id = CASE WHEN e.target_id = merged THEN target ELSE e.target_id END
                    AND o.type = e.type
            )
        RETURNING e.id, CASE WHEN e.source_id = target THEN 'source' ELSE 'target' END AS kind
    )
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, kind)
    SELECT tenant, made.id, m.id, m.kind FROM moved AS m;

    RETURN QUERY
    UPDATE memdb.entity_merges AS m
    SET
        facts = counted.facts,
        edges = counted.edges,
        aliases = counted.aliases
    FROM (
        SELECT
            count(*) FILTER (WHERE p.kind IN ('fact', 'equal_fact'))::int AS facts,
            count(*) FILTER (WHERE p.kind IN ('source', 'target', 'set_aside_edge'))::int AS edges,
            count(*) FILTER (WHERE p.kind IN ('alias', 'added_alias'))::int AS aliases
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = made.id
    ) AS counted
    WHERE m.org_id = tenant
        AND m.id = made.id
    RETURNING m.*;
END
$$;

CREATE FUNCTION memdb.merge_patch(target jsonb, patch jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
DECLARE
    kept CONSTANT jsonb := CASE WHEN jsonb_typeof(target) = 'object' THEN target ELSE '{}' END;
BEGIN
    IF jsonb_typeof(patch) <> 'object' THEN
        RETURN patch;
    END IF;
    RETURN (kept - ARRAY(SELECT k.key FROM jsonb_object_keys(patch) AS k (key))) || (
        SELECT coalesce(jsonb_object_agg(c.key, memdb.merge_patch(kept -> c.key, c.value)), '{}')
        FROM jsonb_each(patch) AS c
        WHERE c.value <> 'null'
    );
END
$$;

CREATE FUNCTION memdb.must(condition boolean, field text, rule text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    IF condition THEN
        RETURN true;
    END IF;
    RAISE EXCEPTION 'invalid input' USING ERRCODE = 'MV005', DETAIL = format('%s|%s', field, rule);
END
$$;

CREATE FUNCTION memdb.must_be_of_type(value jsonb, value_type text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RETURN memdb.must(
        memdb.is_of_type(value, value_type),
        'value',
        CASE value_type
            WHEN 'json' THEN 'must not be None'
            WHEN 'date' THEN 'must be a date or a time as ISO 8601 writes it, as its attribute wants'
            ELSE format('must be a %s, as its attribute wants', value_type)
        END
    );
END
$$;

CREATE FUNCTION memdb.name_similarity(a text, b text) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    SELECT coalesce(count(*) FILTER (WHERE t.times = 2)::float8 / nullif(count(*), 0), 0)
    FROM (
        SELECT count(*) AS times
        FROM unnest(memdb.name_trigrams(a) || memdb.name_trigrams(b)) AS of_either (trigram)
        GROUP BY of_either.trigram
    ) AS t
$$;

CREATE FUNCTION memdb.namespace_fits(namespace text[], prefix text[], suffix text[]) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    RETURN cardinality(namespace) >= greatest(cardinality(prefix), cardinality(suffix))
        AND NOT EXISTS (
            SELECT FROM unnest(prefix) WITH ORDINALITY AS l (label, place)
            WHERE l.label NOT IN ('*', namespace[l.place])
        )
        AND NOT EXISTS (
            SELECT FROM unnest(suffix) WITH ORDINALITY AS l (label, place)
            WHERE l.label NOT IN ('*', namespace[cardinality(namespace) - cardinality(suffix) + l.place])
        );
END
$$;

CREATE FUNCTION memdb.neighbourhood(tenant uuid, seeds uuid[], depth integer, direction text, wanted_types text[], min_weight double precision, min_far_weight double precision, at timestamp with time zone, breadth integer) RETURNS TABLE(hop integer, entity_id uuid, edge_id uuid, weight double precision, edge_at timestamp with time zone, path text)
    LANGUAGE sql STABLE ROWS 500
    AS $$
WITH RECURSIVE start AS MATERIALIZED (
    SELECT ARRAY(
        SELECT DISTINCT coalesce(g.merged_into, g.id) FROM memdb.entities AS g WHERE g.org_id = tenant AND g.id = ANY (seeds)
    ) AS ids
),
walk AS (
    SELECT
        0 AS hop,
        s.ids AS frontier,
        s.ids::text[] AS paths,
        NULL::uuid[] AS edge_ids,
        NULL::float8[] AS weights,
        NULL::timestamptz[] AS edge_times,
        s.ids AS seen
    FROM start AS s
    UNION ALL
    SELECT
        w.hop + 1,
        step.ids,
        step.paths,
        step.edge_ids,
        step.weights,
        step.edge_times,
        w.seen || step.reached
    FROM walk AS w
    CROSS JOIN LATERAL (
        SELECT
            array_agg(r.id) FILTER (WHERE r.place <= breadth) AS ids,
            array_agg(w.paths[r.number] || ',' || r.id) FILTER (WHERE r.place <= breadth) AS paths,
            array_agg(r.edge_id) FILTER (WHERE r.place <= breadth) AS edge_ids,
            array_agg(r.weight) FILTER (WHERE r.place <= breadth) AS weights,
            array_agg(r.edge_at) FILTER (WHERE r.place <= breadth) AS edge_times,
            array_agg(r.id) AS reached
        FROM (
            SELECT
                way.*,
                row_number() OVER (ORDER BY way.weight DESC, way.id) AS place
            FROM (
                SELECT DISTINCT ON (e.id)
                    e.id,
                    e.number,
                    e.edge_id,
                    e.weight,
                    e.edge_at
                FROM (
                    SELECT
                        o.target_id AS id,
                        f.number,
                        o.id AS edge_id,
                        o.weight,
                        greatest(o.used_at, o.updated_at) AS edge_at,
                        o.type
                    FROM unnest(w.frontier) WITH ORDINALITY AS f (id, number)
                    JOIN memdb.edges AS o ON o.org_id = tenant AND o.source_id = f.id
                    WHERE direction IN ('out', 'both')
                        AND memdb.edge_holds(o, at)
                    UNION ALL
                    SELECT
                        i.source_id,
                        f.number,
                        i.id,
                        i.weight,
                        greatest(i.used_at, i.updated_at),
                        i.type
                    FROM unnest(w.frontier) WITH ORDINALITY AS f (id, number)
                    JOIN memdb.edges AS i ON i.org_id = tenant AND i.target_id = f.id
                    WHERE direction IN ('in', 'both')
                        AND memdb.edge_holds(i, at)
                ) AS e
                WHERE (wanted_types IS NULL OR e.type = ANY (ARRAY(SELECT memdb.edge_type(t.type) FROM unnest(wanted_types) AS t (type))))
                    AND e.weight >= CASE WHEN w.hop = 0 THEN min_weight ELSE greatest(min_weight, min_far_weight) END
                    AND NOT EXISTS (SELECT FROM unnest(w.seen) AS s (id) WHERE s.id = e.id)
                ORDER BY e.id, e.weight DESC, e.edge_id
            ) AS way
        ) AS r
    ) AS step
    WHERE w.hop < depth
        AND step.ids IS NOT NULL
)
SELECT
    walk.hop,
    n.entity_id,
    n.edge_id,
    n.weight,
    n.edge_at,
    n.path
FROM walk
CROSS JOIN LATERAL unnest(walk.frontier, walk.edge_ids, walk.weights, walk.edge_times, walk.paths)
AS n (entity_id, edge_id, weight, edge_at, path)
WHERE walk.hop > 0
$$;

CREATE FUNCTION memdb.next_attribute_status(current text, wanted text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    IF (CASE current
        WHEN 'proposed' THEN wanted IN ('accepted', 'retired')
        WHEN 'accepted' THEN wanted = 'retired'
        WHEN 'retired' THEN wanted = 'accepted'
        ELSE false
    END) THEN
        RETURN wanted;
    END IF;
    RAISE EXCEPTION 'no such transition' USING ERRCODE = 'MV003', DETAIL = format('%s|%s', current, wanted);
END
$$;

CREATE FUNCTION memdb.next_cluster_status(current text, wanted text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    IF current = 'active' AND wanted IN ('merged', 'retired') THEN
        RETURN wanted;
    END IF;
    RAISE EXCEPTION 'no such transition' USING ERRCODE = 'MV003', DETAIL = format('%s|%s', current, wanted);
END
$$;

CREATE FUNCTION memdb.next_fact_status(current text, wanted text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    IF current = 'active' AND wanted IN ('active', 'superseded', 'invalidated') THEN
        RETURN wanted;
    END IF;
    RAISE EXCEPTION 'no such transition' USING ERRCODE = 'MV003', DETAIL = format('%s|%s', current, wanted);
END
$$;

CREATE FUNCTION memdb.next_insight_status(current text, wanted text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    IF current = 'active' AND wanted IN ('active', 'retired') THEN
        RETURN wanted;
    END IF;
    RAISE EXCEPTION 'no such transition' USING ERRCODE = 'MV003', DETAIL = format('%s|%s', current, wanted);
END
$$;

CREATE FUNCTION memdb.next_intention_status(current text, wanted text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    IF (CASE current
        WHEN 'pending' THEN wanted IN ('triggered', 'fulfilled', 'cancelled', 'expired')
        WHEN 'triggered' THEN wanted IN ('pending', 'fulfilled', 'cancelled', 'expired')
        WHEN 'fulfilled' THEN false
        ELSE wanted = 'pending'
    END) THEN
        RETURN wanted;
    END IF;
    RAISE EXCEPTION 'no such transition' USING ERRCODE = 'MV003', DETAIL = format('%s|%s', current, wanted);
END
$$;

CREATE FUNCTION memdb.next_observation_status(current text, wanted text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    IF current = 'active' AND wanted IN ('merged', 'dismissed') THEN
        RETURN wanted;
    END IF;
    RAISE EXCEPTION 'no such transition' USING ERRCODE = 'MV003', DETAIL = format('%s|%s', current, wanted);
END
$$;

CREATE FUNCTION memdb.next_session_status(current text, wanted text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    IF (CASE current
        WHEN 'active' THEN wanted IN ('completed', 'abandoned', 'error', 'cold_archived')
        WHEN 'cold_archived' THEN wanted IN ('active', 'completed', 'abandoned', 'error', 'deep_archived')
        WHEN 'deep_archived' THEN wanted = 'cold_archived'
        ELSE wanted IN ('active', 'cold_archived')
    END) THEN
        RETURN wanted;
    END IF;
    RAISE EXCEPTION 'no such transition' USING ERRCODE = 'MV003', DETAIL = format('%s|%s', current, wanted);
END
$$;

CREATE FUNCTION memdb.next_status(current text, wanted text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    IF (CASE current
        WHEN 'draft' THEN wanted IN ('active', 'discarded')
        WHEN 'active' THEN wanted IN ('superseded', 'merged', 'archived', 'pending_review', 'quarantined', 'discarded')
        WHEN 'pending_review' THEN wanted IN ('active', 'quarantined', 'archived', 'discarded')
        WHEN 'quarantined' THEN wanted IN ('active', 'pending_review', 'archived', 'discarded')
        WHEN 'archived' THEN wanted IN ('active', 'discarded')
        ELSE false
    END) THEN
        RETURN wanted;
    END IF;
    RAISE EXCEPTION 'no such transition' USING ERRCODE = 'MV003', DETAIL = format('%s|%s', current, wanted);
END
$$;

CREATE FUNCTION memdb.refuse_version(current integer, expected integer) RETURNS integer
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RAISE EXCEPTION 'version conflict' USING ERRCODE = 'MV001', DETAIL = format('%s %s', expected, current);
END
$$;

CREATE FUNCTION memdb.next_version(current integer, expected integer) RETURNS integer
    LANGUAGE sql STABLE
    RETURN CASE WHEN (expected <> current) THEN memdb.refuse_version(current, expected) ELSE (current + 1) END;

CREATE FUNCTION memdb.not_archived(status text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RETURN status NOT IN ('cold_archived', 'deep_archived') OR memdb.open_status(status) IS NULL;
END
$$;

CREATE FUNCTION memdb.not_in_archive(tenant uuid, ids uuid[]) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM memdb.archived_messages AS a WHERE a.org_id = tenant AND a.id = ANY (ids)) THEN
        RAISE unique_violation USING CONSTRAINT = 'messages_pkey', MESSAGE = 'a message of this id is in the archive';
    END IF;
    RETURN true;
END
$$;

CREATE FUNCTION memdb.note_retrieval(tenant uuid, memory uuid) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO memdb.memory_usage AS u (org_id, memory_id, retrievals, last_retrieved_at)
    VALUES (tenant, memory, 1, now())
    ON CONFLICT (org_id, memory_id) DO UPDATE
        SET
            retrievals = u.retrievals + 1,
            last_retrieved_at = excluded.last_retrieved_at;
    RETURN true;
END
$$;

CREATE PROCEDURE memdb.open_space(IN wanted_dimension integer, IN wanted_model text)
    LANGUAGE plpgsql
    AS $_$
DECLARE
    made smallint;
    each regclass;
BEGIN
    -- Who waits for the table keeps everybody waiting who comes after.
    PERFORM set_config('lock_timeout', '5s', true);
    INSERT INTO memdb.embedding_spaces (space, dimension, model)
    VALUES (nextval('memdb.space_numbers'), wanted_dimension, wanted_model)
    RETURNING space INTO made;
    FOR each IN SELECT t.embeddings FROM memdb.embedding_tables AS t LOOP
        CALL memdb.add_space_to(each, made, wanted_dimension);
    END LOOP;
    EXECUTE format(
        'CREATE STATISTICS memdb.memory_embeddings_%s_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.memory_embeddings_%1$s',
        made
    );
    CALL memdb.define_indexed_embeddings();
END
$_$;

CREATE FUNCTION memdb.refuse_status(current text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RAISE EXCEPTION 'session closed' USING ERRCODE = 'MV006', DETAIL = current;
END
$$;

CREATE FUNCTION memdb.open_status(current text) RETURNS text
    LANGUAGE sql STABLE
    RETURN CASE WHEN (current = 'active'::text) THEN current ELSE memdb.refuse_status(current) END;

CREATE FUNCTION memdb.path_after(labels text[]) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    RETURN left(memdb.path_of(labels), -1) || chr(2);
END
$$;

CREATE FUNCTION memdb.phrase(language text, content text) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $_$
DECLARE
    phrase tsquery;
BEGIN
    IF memdb.has_variants(content) THEN
        RETURN (
            SELECT CASE count(*) WHEN 1 THEN min(r.single::text) ELSE string_agg(r.in_phrase, '<->' ORDER BY r.place) END::tsquery
            FROM memdb.readings(language, memdb.joined(content), NULL) AS r
        );
    END IF;
    phrase := phraseto_tsquery(('memdb.' || language)::regconfig, memdb.spaced(content, true));
    IF phrase::text ~ '^''[^\u0001-\u0dff]''$' THEN
        phrase := memdb.query_of(btrim(phrase::text, ''''));
    END IF;
    RETURN phrase;
END
$_$;

CREATE FUNCTION memdb.placed(language text, spaced text) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
DECLARE
    plain text;
BEGIN
    IF octet_length(spaced) > char_length(spaced) THEN
        plain := memdb.unaccented(spaced);
    END IF;
    IF plain <> spaced THEN
        -- As texts, because || would count the positions of the second one on.
        RETURN (
            to_tsvector(('memdb.' || language)::regconfig, spaced)::text
            || ' ' || to_tsvector(('memdb.' || language)::regconfig, plain)::text
        )::tsvector;
    END IF;
    RETURN to_tsvector(('memdb.' || language)::regconfig, spaced);
END
$$;

CREATE FUNCTION memdb.places(first uuid, last uuid, number integer, OUT id uuid, OUT next uuid) RETURNS SETOF record
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT
        p.id,
        lead(p.id, 1, places.last) OVER (ORDER BY p.id)
    FROM (
        SELECT rpad(lpad(to_hex(t.first + (t.last - t.first) / places.number * n.n), 15, '0'), 32, '0')::uuid AS id
        FROM (
            SELECT
                ('x' || left(replace(places.first::text, '-', ''), 15))::bit(60)::bigint AS first,
                ('x' || left(replace(places.last::text, '-', ''), 15))::bit(60)::bigint AS last
        ) AS t
        CROSS JOIN generate_series(0, places.number - 1) AS n (n)
    ) AS p
$$;

CREATE FUNCTION memdb.pop_entry(tenant uuid, transcript uuid, keep boolean) RETURNS TABLE(place integer, entry_id text, parent_id text, entry_data text, entry_created_at timestamp with time zone)
    LANGUAGE plpgsql
    AS $$
DECLARE
    t memdb.transcripts;
    popped memdb.transcript_entries;
    parent memdb.transcript_entries;
BEGIN
    SELECT * INTO t
    FROM memdb.transcripts AS o
    WHERE o.org_id = tenant AND o.id = transcript
    FOR NO KEY UPDATE;
    SELECT * INTO popped
    FROM memdb.transcript_entries AS e
    WHERE e.org_id = tenant AND e.transcript_id = t.id AND e.position = t.head;
    IF NOT found THEN
        RETURN;
    END IF;
    SELECT * INTO parent
    FROM memdb.transcript_entries AS e
    WHERE e.org_id = tenant
        AND e.transcript_id = t.id
        AND e.position = CASE WHEN popped.position > popped.run_start THEN popped.position - 1 ELSE popped.run_after END;
    keep := keep OR popped.id = ANY (t.branches) OR popped.position < t.last_position AND EXISTS (
        SELECT FROM memdb.transcript_entries AS e
        WHERE e.org_id = tenant
            AND e.transcript_id = t.id
            AND (e.run_after = popped.position OR e.position = popped.position + 1 AND e.run_start <= popped.position)
    );
    IF keep IS NOT TRUE THEN
        DELETE FROM memdb.transcript_entries AS e
        WHERE e.org_id = tenant AND e.transcript_id = t.id AND e.position = popped.position;
    END IF;
    UPDATE memdb.transcripts AS o
    SET
        length = o.length - 1,
        last_position = CASE WHEN keep IS NOT TRUE AND o.head = o.last_position THEN o.head - 1 ELSE o.last_position END,
        head = coalesce(parent.position, 0),
        head_id = parent.id,
        run_start = coalesce(parent.run_start, 1),
        run_after = coalesce(parent.run_after, 0),
        revision = memdb.new_id()::text,
        updated_at = CASE WHEN o.updated_at < now() - interval '1 minute' THEN now() ELSE o.updated_at END
    WHERE o.org_id = tenant AND o.id = t.id;
    RETURN QUERY SELECT popped.position, popped.id, parent.id, popped.data, popped.created_at;
END
$$;

CREATE FUNCTION memdb.predicate_of(filter jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $_$
BEGIN
    RETURN coalesce(
        (
            SELECT string_agg(
                CASE c.field
                    WHEN '$and' THEN format('(%s)', coalesce(f.all_of, '1 == 1'))
                    WHEN '$or' THEN format('(%s)', coalesce(f.any_of, '1 == 0'))
                    WHEN '$not' THEN format('!(%s)', memdb.predicate_of(c.condition))
                    ELSE format('(%s)', memdb.condition_at(format('$.%s', to_json(c.field)), c.condition))
                END,
                ' && '
            )
            FROM jsonb_each(filter) AS c (field, condition)
            CROSS JOIN LATERAL (
                SELECT
                    string_agg(format('(%s)', memdb.predicate_of(e.value)), ' && ') AS all_of,
                    string_agg(format('(%s)', memdb.predicate_of(e.value)), ' || ') AS any_of
                FROM jsonb_array_elements(CASE WHEN c.field IN ('$and', '$or') THEN c.condition ELSE '[]' END) AS e
            ) AS f
        ),
        '1 == 1'
    );
END
$_$;

CREATE FUNCTION memdb.put_into_cluster(tenant uuid, cluster uuid, facts uuid[]) RETURNS TABLE(fact_id uuid, from_cluster_id uuid)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    INSERT INTO memdb.cluster_facts AS c (org_id, fact_id, cluster_id)
    SELECT DISTINCT
        tenant,
        f.id,
        cluster
    FROM unnest(facts) AS f (id)
    -- In the order of the ids, so that two who bring the same ones do not wait for each other.
    ORDER BY f.id
    ON CONFLICT ON CONSTRAINT cluster_facts_pkey DO UPDATE SET cluster_id = c.cluster_id
    RETURNING
        c.fact_id,
        nullif(c.cluster_id, cluster);
    UPDATE memdb.cluster_facts AS c
    SET
        cluster_id = cluster,
        added_at = now()
    WHERE c.org_id = tenant
        AND c.fact_id = ANY (facts)
        AND c.cluster_id <> cluster;
END
$$;

CREATE FUNCTION memdb.put_item(tenant uuid, of_agent uuid, of_user uuid, labels text[], of_key text, given jsonb, spelled text, lives interval) RETURNS TABLE(created_at timestamp with time zone, updated_at timestamp with time zone, expires_at timestamp with time zone)
    LANGUAGE plpgsql ROWS 1
    AS $$
#variable_conflict use_column
DECLARE
    fresh CONSTANT uuid := memdb.new_id();
    put_id uuid;
BEGIN
    INSERT INTO memdb.items AS i (org_id, id, agent_id, user_id, expires_at, time_to_live, namespace, key, value, letters)
    VALUES (tenant, fresh, of_agent, of_user, now() + lives, lives, labels, of_key, given, spelled)
    ON CONFLICT (org_id, path, key) DO UPDATE
        SET
            agent_id = coalesce(excluded.agent_id, i.agent_id),
            user_id = coalesce(excluded.user_id, i.user_id),
            created_at = CASE WHEN i.expires_at <= now() THEN now() ELSE i.created_at END,
            updated_at = greatest(i.updated_at, now()),
            expires_at = excluded.expires_at,
            time_to_live = excluded.time_to_live,
            value = excluded.value,
            letters = excluded.letters
    RETURNING i.id, i.created_at, i.updated_at, i.expires_at INTO put_id, created_at, updated_at, expires_at;

    IF put_id <> fresh THEN
        DELETE FROM memdb.item_parts AS p
        WHERE p.org_id = tenant
            AND p.item_id = put_id;
    END IF;

    RETURN NEXT;
END
$$;

CREATE FUNCTION memdb.put_items(tenant uuid, of_agent uuid, of_user uuid, given memdb.given_item[]) RETURNS TABLE(number bigint, id uuid, created_at timestamp with time zone, updated_at timestamp with time zone, expires_at timestamp with time zone)
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
DECLARE
    written uuid[];
BEGIN
    WITH put AS (
        INSERT INTO memdb.items AS i (org_id, id, agent_id, user_id, expires_at, time_to_live, namespace, key, value, letters)
        SELECT
            tenant,
            g.id,
            of_agent,
            of_user,
            now() + g.time_to_live,
            g.time_to_live,
            g.namespace,
            g.key,
            g.value,
            g.letters
        FROM (
            SELECT DISTINCT ON (g.path COLLATE "C", g.key COLLATE "C") g.*
            FROM unnest(given) WITH ORDINALITY AS g
            ORDER BY g.path COLLATE "C", g.key COLLATE "C", g.ordinality DESC
        ) AS g
        WHERE NOT g.gone
            OR EXISTS (SELECT FROM memdb.items AS o WHERE o.org_id = tenant AND o.path = g.path AND o.key = g.key)
        ORDER BY g.path COLLATE "C", g.key COLLATE "C"
        ON CONFLICT (org_id, path, key) DO UPDATE
            SET
                agent_id = coalesce(excluded.agent_id, i.agent_id),
                user_id = coalesce(excluded.user_id, i.user_id),
                created_at = CASE WHEN i.expires_at <= now() THEN now() ELSE i.created_at END,
                updated_at = greatest(i.updated_at, now()),
                expires_at = excluded.expires_at,
                time_to_live = excluded.time_to_live,
                value = excluded.value,
                letters = excluded.letters
        RETURNING i.id
    )
    SELECT array_agg(p.id) INTO written
    FROM put AS p;

    DELETE FROM memdb.item_parts AS p
    WHERE p.org_id = tenant
        AND p.item_id = ANY (written);

    IF EXISTS (SELECT FROM unnest(given) AS g WHERE g.gone) THEN
        DELETE FROM memdb.items AS i
        USING (
            SELECT DISTINCT ON (g.path, g.key) g.*
            FROM unnest(given) WITH ORDINALITY AS g
            ORDER BY g.path, g.key, g.ordinality DESC
        ) AS g
        WHERE i.org_id = tenant
            AND i.id = ANY (written)
            AND i.path = g.path
            AND i.key = g.key
            AND g.gone;
    END IF;

    RETURN QUERY
    SELECT
        max(g.ordinality) OVER (PARTITION BY g.path, g.key),
        i.id,
        i.created_at,
        i.updated_at,
        i.expires_at
    FROM unnest(given) WITH ORDINALITY AS g
    LEFT JOIN memdb.items AS i ON i.org_id = tenant AND i.id = ANY (written) AND i.path = g.path AND i.key = g.key
    ORDER BY g.ordinality;
END
$$;

CREATE FUNCTION memdb.query_of(lexeme text) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    RETURN (
        '''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || ''''
        || CASE WHEN length(lexeme) = 1 AND lexeme ~ '[^\u0001-\u0dff]' THEN ':*' ELSE '' END
    )::tsquery;
END
$$;

CREATE FUNCTION memdb.question(language text, question text, OUT words tsquery[], OUT required tsquery) RETURNS record
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $_$
DECLARE
    -- An excluded phrase, a phrase, an excluded word, or anything else.
    parts CONSTANT text := '(?:^|\s)-"([^"]+)"|"([^"]+)"|(?:^|\s)-([^-\s"0-9][^\s"]*)|([^\s"]+|")';
    visible CONSTANT text := memdb.visible(question);
    plain text := visible;
    stopping tsquery[] := '{}';
    part text[];
    phrase text;
    condition tsquery;
BEGIN
    IF visible ~ '"|(?:^|\s)-' THEN
        plain := (SELECT coalesce(string_agg(coalesce(p.part[2], p.part[4]), ' '), '') FROM regexp_matches(visible, parts, 'g') AS p (part));
        FOR part IN SELECT p.part FROM regexp_matches(visible, parts, 'g') AS p (part) WHERE p.part[4] IS NULL LIMIT 64 LOOP
            phrase := coalesce(part[1], part[2], part[3]);
            IF phrase ~ '^\s*[A-Z]{2,5}\s*$' AND cardinality(memdb.acronyms(language, phrase)) > 0 THEN
                condition := memdb.query_of(btrim(phrase));
            ELSE
                condition := memdb.phrase(language, phrase);
                -- Without its signs, C++ is the letter.
                SELECT coalesce(string_agg(memdb.query_of(i.identifier)::text, '&')::tsquery && condition, condition)
                INTO condition
                FROM unnest(memdb.identifiers(phrase)) AS i (identifier)
                WHERE i.identifier ~ '[+#]$';
            END IF;
            CONTINUE WHEN condition IS NULL OR numnode(condition) = 0;
            IF part[2] IS NULL THEN
                condition := !! condition;
            ELSIF length(to_tsvector(('pg_catalog.' || language)::regconfig, phrase)) = 0 THEN
                stopping := stopping || condition;
            END IF;
            required := CASE WHEN required IS NULL THEN condition ELSE required && condition END;
        END LOOP;
        -- What weighs D is the content: the day it was observed on is not in a phrase, and not to be excluded.
        required := regexp_replace(required::text, '(''(?:[^'']|'''')+'')(?::([*]))?', '\1:\2D', 'g')::tsquery;
    END IF;
    -- A long text is judged by its beginning: each word costs a look at every memory of the scope.
    IF memdb.has_variants(plain) THEN
        words := ARRAY(
            SELECT w.word
            FROM (
                SELECT
                    r.single AS word,
                    r.place
                FROM memdb.readings(language, concat_ws(' ', plain, nullif(memdb.joined(plain), plain)), 512) AS r
                WHERE r.is_asked
                UNION ALL
                SELECT
                    memdb.query_of(u.lexeme),
                    NULL
                FROM unnest(memdb.unplaced(language, plain)) AS u
            ) AS w
            GROUP BY w.word
            ORDER BY min(w.place), w.word::text
            LIMIT 64
        );
    ELSE
        words := ARRAY(
            SELECT memdb.query_of(w.lexeme)
            FROM unnest(
                to_tsvector(('pg_catalog.' || language)::regconfig, memdb.spaced(plain, true)) || memdb.unplaced(language, plain)
            ) AS w
            ORDER BY w.positions[1], w.lexeme
            LIMIT 64
        );
    END IF;
    IF cardinality(words || stopping) = 0 THEN
        condition := memdb.phrase(language, left(plain, 256));
        IF numnode(condition) > 1 THEN
            words := ARRAY[condition];
        END IF;
    ELSE
        words := (words || stopping)[:64];
    END IF;
END
$_$;

CREATE FUNCTION memdb.quota_share(total bigint, slot integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (floor(((((total + 15) - slot))::numeric / 16.0)))::bigint;

CREATE FUNCTION memdb.readings(language text, content text, most integer) RETURNS TABLE(place integer, is_asked boolean, single tsquery, in_phrase text)
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
DECLARE
    spaced CONSTANT text := memdb.spaced(content, true);
    configuration CONSTANT regconfig := ('memdb.' || language)::regconfig;
    letters CONSTANT text := '[^\u0001-@\[-`{-\u007f]+';
    asked CONSTANT tsvector := to_tsvector(('pg_catalog.' || language)::regconfig, spaced);
BEGIN
    RETURN QUERY
    SELECT
        p.place::integer,
        p.place IN (SELECT unnest(a.positions) FROM unnest(asked) AS a),
        string_agg(l.single, '|' ORDER BY l.lexeme)::tsquery,
        '(' || string_agg(replace(l.single, ':*', ''), '|' ORDER BY l.lexeme) || ')'
    FROM (
        SELECT
            w.lexeme,
            w.positions,
            concat_ws(
                '|',
                memdb.query_of(w.lexeme)::text,
                CASE WHEN w.lexeme ~ ('^(?:' || letters || '[0-9]+|[0-9]+' || letters || ')$') THEN nullif(
                    phraseto_tsquery(configuration, regexp_replace(w.lexeme, '([0-9])(?=[^0-9])|([^0-9])(?=[0-9])', '\1\2 '))::text, ''
                ) END
            ) AS single
        FROM (SELECT u.lexeme, u.positions FROM unnest(memdb.placed(language, spaced)) AS u ORDER BY u.positions[1] LIMIT most) AS w
    ) AS l
    CROSS JOIN unnest(l.positions) AS p (place)
    GROUP BY p.place;
END
$_$;

CREATE FUNCTION memdb.recency(category text, labels jsonb, observed_at timestamp with time zone, at timestamp with time zone) RETURNS double precision
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN power((0.5)::double precision, LEAST(((GREATEST(((EXTRACT(epoch FROM at))::double precision - (EXTRACT(epoch FROM observed_at))::double precision), (0)::double precision) / (86400)::double precision) / (CASE WHEN ((category = 'episodic'::text) OR (labels ? 'episodic'::text)) THEN 14 WHEN ((category = 'behavioral'::text) OR (labels ? 'behavioral'::text)) THEN 30 WHEN ((category = 'preference'::text) OR (labels ? 'preference'::text)) THEN 45 WHEN ((category = 'procedural'::text) OR (labels ? 'procedural'::text)) THEN 120 ELSE 180 END)::double precision), (1000)::double precision));

CREATE FUNCTION memdb.recount_quota(tenant uuid, what text, since date, quota bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    used bigint;
BEGIN
    IF quota IS NULL THEN
        DELETE FROM memdb.quota_slots AS s WHERE s.org_id = tenant AND s.kind = what;
        RETURN;
    END IF;
    INSERT INTO memdb.quota_slots (org_id, kind, period, slot, free)
    SELECT tenant, what, since, n, 0
    FROM generate_series(0, 15) AS n
    ON CONFLICT DO NOTHING;
    PERFORM FROM memdb.quota_slots AS s
    WHERE s.org_id = tenant AND s.kind = what AND s.period = since
    ORDER BY s.slot
    FOR UPDATE;
    used := CASE what
        WHEN 'memories' THEN (SELECT count(*) FROM memdb.memories AS m WHERE m.org_id = tenant AND m.deleted_at IS NULL)
        WHEN 'agents' THEN (SELECT count(*) FROM memdb.agents AS a WHERE a.org_id = tenant AND a.deleted_at IS NULL)
        ELSE (
            SELECT coalesce(sum(t.input_tokens + t.output_tokens), 0)
            FROM memdb.token_spending AS t
            WHERE t.org_id = tenant AND t.month = since
        )
    END;
    UPDATE memdb.quota_slots AS s
    SET free = memdb.quota_share(quota - used, s.slot)
    WHERE s.org_id = tenant AND s.kind = what AND s.period = since;
END
$$;

CREATE FUNCTION memdb.refresh_items(tenant uuid, ids uuid[]) RETURNS TABLE(id uuid, expires_at timestamp with time zone)
    LANGUAGE plpgsql ROWS 100
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
BEGIN
    -- Whoever only reads may not even begin an UPDATE.
    IF ids = '{}' THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH free AS MATERIALIZED (
        SELECT i.id
        FROM memdb.items AS i
        WHERE i.org_id = tenant
            AND i.id = ANY (ids)
            -- Not by the index on what expires: all of it might.
            AND coalesce(i.expires_at > now(), false)
            AND EXISTS (
                SELECT FROM memdb.organizations AS o
                WHERE o.id = tenant
                    AND o.status NOT IN ('suspended', 'cancelled')
                    AND o.deleted_at IS NULL
            )
        FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE memdb.items AS i
    SET expires_at = now() + i.time_to_live
    FROM free AS f
    WHERE i.org_id = tenant
        AND i.id = f.id
    RETURNING
        i.id,
        i.expires_at;
END
$$;

CREATE FUNCTION memdb.refuse_write(kind text, state text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RAISE EXCEPTION 'no writes' USING ERRCODE = 'MV002', DETAIL = format('%s|%s', kind, state);
END
$$;

CREATE PROCEDURE memdb.regenerate(IN isolated regclass)
    LANGUAGE plpgsql
    AS $_$
DECLARE
    is_forced CONSTANT boolean := (SELECT c.relforcerowsecurity FROM pg_class AS c WHERE c.oid = isolated);
    change CONSTANT text := (
        SELECT format(
            'UPDATE %s SET %s WHERE %s',
            isolated,
            string_agg(DISTINCT format('%I = %1$I', b.attname), ', '),
            string_agg(DISTINCT format('%I IS DISTINCT FROM (%s)', a.attname, pg_get_expr(d.adbin, d.adrelid)), ' OR ')
        )
        FROM pg_attribute AS a
        JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        JOIN pg_depend AS n ON n.classid = 'pg_attrdef'::regclass AND n.objid = d.oid AND n.refclassid = 'pg_class'::regclass
            AND n.refobjid = a.attrelid AND n.refobjsubid <> a.attnum
        JOIN pg_attribute AS b ON b.attrelid = a.attrelid AND b.attnum = n.refobjsubid
        WHERE a.attrelid = isolated
            AND a.attgenerated = 's'
        HAVING count(*) > 0
    );
BEGIN
    IF change IS NOT NULL THEN
        EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', isolated);
        EXECUTE change;
        IF is_forced THEN
            EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', isolated);
        END IF;
    END IF;
END
$_$;

CREATE FUNCTION memdb.replace_tags(tenant uuid, memory uuid, tags text[]) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM memdb.memory_tags AS t
    WHERE t.org_id = tenant
        AND t.memory_id = memory
        AND t.tag <> ALL (tags);
    RETURN memdb.write_tags(tenant, memory, tags);
END
$$;

CREATE FUNCTION memdb.reread_words(tenant uuid, after uuid, most integer) RETURNS uuid
    LANGUAGE plpgsql
    AS $_$
DECLARE
    wanted text := (SELECT o.language FROM memdb.organizations AS o WHERE o.id = tenant);
    each regclass;
    last uuid;
BEGIN
    EXECUTE (
        SELECT
            'SELECT n.id FROM (SELECT n.id FROM ('
            || string_agg(
                format('(SELECT t.id FROM %s AS t WHERE t.org_id = $1 AND ($2 IS NULL OR t.id > $2) ORDER BY t.id LIMIT $3)', w.things),
                ' UNION ALL '
            )
            || ') AS n ORDER BY n.id LIMIT $3) AS n ORDER BY n.id DESC LIMIT 1'
        FROM memdb.word_tables AS w
    )
    INTO last
    USING tenant, after, most;
    FOR each IN SELECT w.things FROM memdb.word_tables AS w LOOP
        EXECUTE format(
            'UPDATE %s AS t SET language = $4
            WHERE t.org_id = $1 AND ($2 IS NULL OR t.id > $2) AND t.id <= $3 AND t.language <> $4',
            each
        )
        USING tenant, after, last, wanted;
    END LOOP;
    RETURN last;
END
$_$;

CREATE FUNCTION memdb.resolve_names(tenant uuid, of_agent uuid, names text[], types text[], threshold double precision, lowest double precision, OUT number integer, OUT entity_id uuid, OUT how text, OUT similarity double precision, OUT candidates jsonb) RETURNS SETOF record
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    IF threshold IS NULL THEN
        RETURN QUERY
        SELECT
            g.number::int,
            e.id,
            CASE WHEN e.id IS NOT NULL THEN 'exact' END,
            CASE WHEN e.id IS NOT NULL THEN 1::float8 END,
            '[]'::jsonb
        FROM unnest(names, types) WITH ORDINALITY AS g (name, type, number)
        LEFT JOIN LATERAL (
            SELECT coalesce(n.merged_into, n.id) AS id FROM memdb.entities AS n
            WHERE n.org_id = tenant
                AND n.agent_id = of_agent
                AND n.key = memdb.entity_key(g.type, g.name)
                AND n.deleted_at IS NULL
            LIMIT 1
        ) AS e ON true
        ORDER BY g.number;
        RETURN;
    END IF;
    -- Each look at a table is lateral and has a LIMIT or OFFSET: else a plan for any names might read all of the agent's entities.
    RETURN QUERY
    WITH given AS MATERIALIZED (
        SELECT
            g.number::int AS number,
            g.type,
            memdb.entity_slug(g.name) AS slug,
            memdb.entity_key(g.type, g.name) AS key,
            -- What is written as a key.
            CASE
                WHEN g.name ~ '^[a-z][a-z0-9_]{0,31}:.*\S' AND starts_with(g.name, coalesce(g.type || ':', ''))
                    THEN memdb.entity_key(split_part(g.name, ':', 1), substr(g.name, strpos(g.name, ':') + 1))
            END AS as_key,
            memdb.name_trigrams(g.name) AS trigrams
        FROM unnest(names, types) WITH ORDINALITY AS g (name, type, number)
    ),
    exact AS MATERIALIZED (
        SELECT
            f.number,
            array_agg(DISTINCT f.id) AS ids
        FROM (
            SELECT
                g.number,
                coalesce(e.merged_into, e.id) AS id,
                rank() OVER (PARTITION BY g.number ORDER BY (e.key = g.as_key) IS TRUE DESC) AS place
            FROM given AS g, LATERAL (
                SELECT
                    n.id,
                    n.merged_into,
                    n.key
                FROM memdb.entities AS n
                WHERE n.org_id = tenant
                    AND n.agent_id = of_agent
                    AND n.key = ANY (ARRAY[g.key, g.as_key])
                    AND n.deleted_at IS NULL
                UNION ALL
                SELECT
                    n.id,
                    n.merged_into,
                    n.key
                FROM memdb.entities AS n
                WHERE n.org_id = tenant
                    AND n.agent_id = of_agent
                    AND n.slug = g.slug
                    AND g.type IS NULL
                    AND n.deleted_at IS NULL
                OFFSET 0
            ) AS e
        ) AS f
        WHERE f.place = 1
        GROUP BY f.number
    ),
    aliased AS MATERIALIZED (
        SELECT DISTINCT ON (g.number)
            g.number,
            coalesce(e.merged_into, e.id) AS id
        FROM given AS g, LATERAL (
            SELECT
                n.entity_id,
                n.key
            FROM memdb.entity_aliases AS n
            WHERE n.org_id = tenant
                AND n.agent_id = of_agent
                AND n.key = ANY (ARRAY[g.as_key, g.key, g.slug])
            OFFSET 0
        ) AS a, LATERAL (
            SELECT
                n.id,
                n.merged_into,
                n.type
            FROM memdb.entities AS n
            WHERE n.org_id = tenant
                AND n.id = a.entity_id
                AND n.deleted_at IS NULL
            LIMIT 1
        ) AS e
        WHERE g.number <> ALL (ARRAY(SELECT x.number FROM exact AS x))
            AND (g.type IS NULL OR a.key <> g.slug OR e.type = g.type)
        ORDER BY g.number, a.key = g.slug
    ),
    unknown AS MATERIALIZED (
        SELECT
            g.number,
            g.type,
            g.trigrams,
            cardinality(g.trigrams) AS size,
            -- A name that lacks all of these shares too little with it. Most names have other trigrams within their words; how they begin is
            -- less telling.
            (
                SELECT string_agg(memdb.query_of(t.trigram)::text, '|')::tsquery
                FROM (
                    SELECT w.trigram FROM unnest(g.trigrams) AS w (trigram)
                    ORDER BY starts_with(w.trigram, ' '), w.trigram
                    LIMIT cardinality(g.trigrams) - greatest(ceil(cardinality(g.trigrams) * lowest), 1) + 1
                ) AS t
            ) AS any_of
        FROM given AS g
        WHERE g.number <> ALL (ARRAY(SELECT x.number FROM exact AS x UNION ALL SELECT a.number FROM aliased AS a))
    ),
    near AS MATERIALIZED (
        SELECT
            u.number,
            u.size AS asked,
            e.*
        FROM unknown AS u, LATERAL (
            SELECT
                n.id,
                n.key,
                n.name,
                n.type,
                n.mentions,
                length(n.trigrams) AS size,
                length(n.trigrams) - length(ts_delete(n.trigrams, u.trigrams)) AS shared
            FROM memdb.entities AS n
            WHERE n.org_id = tenant
                AND n.agent_id = of_agent
                AND n.status = 'active'
                AND n.deleted_at IS NULL
                AND (u.type IS NULL OR n.type = u.type)
                AND length(n.trigrams) BETWEEN u.size * lowest AND u.size / greatest(lowest, 0.001)
                AND n.trigrams @@ u.any_of
            OFFSET 0
        ) AS e
    ),
    compared AS MATERIALIZED (
        SELECT
            n.number,
            n.id,
            n.key,
            n.name,
            n.type,
            n.mentions,
            n.shared::float8 / (n.size + n.asked - n.shared) AS similarity
        FROM near AS n
        WHERE n.shared >= lowest * (n.size + n.asked - n.shared)
    ),
    most_similar AS MATERIALIZED (
        SELECT DISTINCT ON (c.number)
            c.number,
            c.id,
            c.similarity
        FROM compared AS c
        WHERE c.similarity >= threshold
        ORDER BY c.number, c.similarity DESC, c.mentions DESC, c.id
    ),
    offered AS MATERIALIZED (
        SELECT
            o.number,
            jsonb_agg(
                jsonb_build_object('id', o.id, 'key', o.key, 'name', o.name, 'type', o.type, 'similarity', o.similarity) ORDER BY o.place
            ) AS candidates
        FROM (
            SELECT
                c.*,
                row_number() OVER (PARTITION BY c.number ORDER BY c.similarity DESC, c.mentions DESC, c.id) AS place
            FROM (
                SELECT n.* FROM compared AS n
                UNION ALL
                SELECT
                    x.number,
                    e.id,
                    e.key,
                    e.name,
                    e.type,
                    e.mentions,
                    1
                FROM exact AS x, LATERAL (
                    SELECT n.* FROM memdb.entities AS n
                    WHERE n.org_id = tenant
                        AND n.id = ANY (x.ids)
                    OFFSET 0
                ) AS e
                WHERE cardinality(x.ids) > 1
            ) AS c
            WHERE c.number <> ALL (ARRAY(SELECT m.number FROM most_similar AS m))
        ) AS o
        WHERE o.place <= 10
        GROUP BY o.number
    )
    SELECT
        g.number,
        coalesce(CASE cardinality(x.ids) WHEN 1 THEN x.ids[1] END, a.id, m.id),
        CASE WHEN cardinality(x.ids) = 1 THEN 'exact' WHEN a.id IS NOT NULL THEN 'alias' WHEN m.id IS NOT NULL THEN 'fuzzy' END,
        CASE WHEN cardinality(x.ids) = 1 OR a.id IS NOT NULL THEN 1 ELSE m.similarity END,
        coalesce(o.candidates, '[]')
    FROM given AS g
    LEFT JOIN exact AS x ON x.number = g.number
    LEFT JOIN aliased AS a ON a.number = g.number
    LEFT JOIN most_similar AS m ON m.number = g.number
    LEFT JOIN offered AS o ON o.number = g.number
    ORDER BY g.number;
END
$$;

CREATE FUNCTION memdb.sayings_of(fact memdb.facts) RETURNS SETOF memdb.saying
    LANGUAGE sql STABLE
    AS $$
    SELECT
        s.begins,
        s.confidence,
        s.holds * tstzmultirange(tstzrange(fact.valid_from, fact.valid_until))
    FROM unnest(
        CASE
            WHEN fact.said <> '{}' THEN fact.said
            ELSE ARRAY[ROW(fact.valid_from, fact.confidence, tstzmultirange(tstzrange(fact.valid_from, fact.valid_until)))::memdb.saying]
        END
    ) AS s
$$;

CREATE FUNCTION memdb.said_also(fact memdb.facts, more memdb.saying) RETURNS memdb.saying[]
    LANGUAGE sql STABLE
    RETURN (SELECT array_agg(ROW(s.begins, s.confidence, s.holds)::memdb.saying ORDER BY s.begins) AS array_agg FROM (SELECT e.begins, e.confidence, e.holds, row_number() OVER (ORDER BY e.begins) AS nth, row_number() OVER (ORDER BY e.begins DESC) AS nth_last FROM (SELECT o.begins, o.confidence, o.holds FROM memdb.sayings_of(said_also.fact) o(begins, confidence, holds) UNION ALL SELECT (said_also.more).begins AS begins, (said_also.more).confidence AS confidence, (said_also.more).holds AS holds) e) s WHERE ((s.nth = 1) OR (s.nth_last <= 31)));

CREATE FUNCTION memdb.says_name(content text, name text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
DECLARE
    -- By their numbers, because what is a letter depends on the locale. Beyond ASCII, all but the symbols of memdb.spaced.
    letters CONSTANT text := 'a-z0-9_\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\u2fff\u3005-\u3007\u3021-\u302f\u3031-\u303c\u3040-\u30fa\u30fc-\ufdff\ufe70-\ufeff\uff66-\uffff\U00010000-\U0001efff\U00020000-\U0003ffff';
    wanted CONSTANT text := memdb.folded(name);
    said CONSTANT text := memdb.folded(content);
BEGIN
    -- What has no spaces may have the name anywhere: Thai, Lao, Burmese, Khmer, and from Chinese to Korean.
    RETURN position(wanted IN said) > 0 AND (
        wanted ~ '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ud7ff\uf900-\ufaff]'
        OR said ~ (
            '(?<![' || letters || '])' || regexp_replace(wanted, '([!-/:-@\[-^`{-~])', '\\\1', 'g') || '(?![' || letters || '])'
        )
    );
END
$$;

CREATE TABLE memdb.archived_messages (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    archived_at timestamp with time zone DEFAULT now() NOT NULL,
    "position" integer NOT NULL,
    version integer NOT NULL,
    tokens integer NOT NULL,
    asked_position integer,
    edit integer,
    embedded boolean NOT NULL,
    role text NOT NULL,
    open_calls text[] NOT NULL,
    language text NOT NULL,
    name text,
    model text,
    tool_call_id text,
    content text NOT NULL,
    tool_calls jsonb NOT NULL,
    metadata jsonb NOT NULL,
    spaces smallint[] NOT NULL,
    embeddings public.halfvec[] NOT NULL,
    parts text,
    calls text,
    CONSTRAINT archived_messages_arrays CHECK (((parts IS JSON ARRAY) AND (calls IS JSON ARRAY)))
);

ALTER TABLE ONLY memdb.archived_messages FORCE ROW LEVEL SECURITY;

CREATE FUNCTION memdb.seal_of(message memdb.archived_messages, seal uuid) RETURNS text
    LANGUAGE sql STABLE
    SET "TimeZone" TO 'UTC'
    RETURN encode(sha256(convert_to(((seal)::text || ((((to_jsonb(message) - 'org_id'::text) - CASE WHEN ((message).parts IS NULL) THEN ARRAY['parts'::text] ELSE '{}'::text[] END) - CASE WHEN ((message).calls IS NULL) THEN ARRAY['calls'::text] ELSE '{}'::text[] END))::text), 'UTF8'::name)), 'hex'::text);

CREATE FUNCTION memdb.session_end(tenant uuid, of_session uuid) RETURNS bigint
    LANGUAGE plpgsql STABLE STRICT
    AS $$
BEGIN
    RETURN coalesce(
        (
            SELECT max(o.until)
            FROM (
                SELECT s.session_offset + char_length(s.content) / 2 AS until
                FROM memdb.memories AS s
                WHERE s.org_id = tenant
                    AND s.session_id = of_session
                    AND s.deleted_at IS NULL
                ORDER BY s.id DESC
                LIMIT 8
            ) AS o
        ),
        0
    );
END
$$;

CREATE FUNCTION memdb.spaced(content text, asked boolean) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
DECLARE
    -- Thai to Burmese, Khmer, kana, Han, Hangul.
    spaceless CONSTANT text := '\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf'
        '\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff';
    -- Punctuation and symbols that a parser in the C locale takes for letters.
    symbols CONSTANT text := '\u0080-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u2000-\u2bff\u3000-\u3004\u3008-\u3020\u3030'
        '\u303d-\u303f\u30fb\ufe00-\ufe6f\uff00-\uff65\U0001f000-\U0001faff';
    spaced text := content;
BEGIN
    IF spaced ~ '[^\u0001-\u007f]' THEN
        -- Hyphens and the minus that ASCII has not.
        spaced := regexp_replace(translate(memdb.lowered(spaced), E'\u2010\u2212', '--'), '[' || symbols || ']+', ' ', 'g');
        IF spaced ~ ('[' || spaceless || ']') THEN
            spaced := regexp_replace(spaced, '([' || spaceless || ']+)', ' \1 ', 'g');
            spaced := regexp_replace(spaced, '([' || spaceless || '])', '\1 \1', 'g');
            spaced := regexp_replace(spaced, ' [' || spaceless || '] (?=[' || spaceless || ']{2})', ' ', 'g');
            spaced := regexp_replace(spaced, '(?<![' || spaceless || '])([' || spaceless || ']) \1(?![' || spaceless || '])', '\1', 'g');
            IF asked THEN
                spaced := regexp_replace(spaced, '([' || spaceless || ']{2}) [' || spaceless || '](?![' || spaceless || '])', '\1', 'g');
            END IF;
        END IF;
    END IF;
    -- Decimal numbers, and words with a hyphen, are the parser's own; but it takes what stands between < and > for a tag, & for an entity, and a
    -- sign for a part of its number.
    RETURN regexp_replace(
        translate(spaced, '<>&', '   '),
        '([0-9])[-:/]+(?=[0-9])|([a-zA-Z])-+(?=[0-9])|([a-zA-Z0-9])[_/\\:@=?#~]+(?=[a-zA-Z0-9])|([a-zA-Z])[.]+(?=[a-zA-Z0-9])'
        '|([0-9])[.](?=[a-zA-Z]|[0-9]+[.][0-9])|([.][0-9]+)[.](?=[0-9])|(^|\s)[/~]+(?=[a-zA-Z0-9])|(?<![a-zA-Z0-9])[-+]+(?=[.]?[0-9])',
        '\1\2\3\4\5\6\7 ',
        'g'
    );
END
$$;

CREATE FUNCTION memdb.store_embedding(tenant uuid, kind text, in_space smallint, of_id uuid, of_version integer, given public.halfvec) RETURNS boolean
    LANGUAGE plpgsql
    AS $_$
        DECLARE
            e memdb.embedding_tables := memdb.embedding_table(kind);
            stored bigint;
        BEGIN
            EXECUTE format(
                'WITH thing AS MATERIALIZED (
                    SELECT t.org_id, t.id%1$s
                    FROM %2$s
                    WHERE t.org_id = $1 AND t.id = $2 AND %7$s = $3 AND %3$s
                    %4$s
                    FOR SHARE OF t
                )
                INSERT INTO %5$s (org_id, %6$I, space, embedding%1$s)
                SELECT t.org_id, t.id, $4, $5%1$s
                FROM thing AS t
                ON CONFLICT (org_id, %6$I, space) DO UPDATE SET embedding = excluded.embedding',
                coalesce(', ' || quote_ident(e.scope), ''),
                e.source,
                e.live,
                -- Before the message's row, as whoever archives or removes the session, and so that neither happens meanwhile.
                CASE WHEN e.scope = 'session_id' THEN 'FOR KEY SHARE OF s' ELSE '' END,
                e.embeddings,
                e.key,
                e.version
            )
            USING tenant, of_id, of_version, in_space, given;
            GET DIAGNOSTICS stored = ROW_COUNT;
            RETURN stored > 0;
        END
        $_$;

CREATE FUNCTION memdb.surest_label(labels jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    RETURN (
        SELECT l.key FROM jsonb_each(labels) AS l
        WHERE memdb.labels_fit(labels)
        ORDER BY l.value DESC, l.key COLLATE "C"
        LIMIT 1
    );
END
$$;

CREATE FUNCTION memdb.tags_in_order(tags text[]) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    IF cardinality(tags) < 2 THEN
        RETURN tags;
    END IF;
    RETURN ARRAY(SELECT DISTINCT given.tag COLLATE "C" FROM unnest(tags) AS given (tag) ORDER BY 1);
END
$$;

CREATE FUNCTION memdb.take_over_clusters(tenant uuid, taken uuid[], taker uuid) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM FROM memdb.cluster_facts AS c
    WHERE c.org_id = tenant AND c.cluster_id = ANY (taken)
    ORDER BY c.fact_id
    FOR UPDATE;
    UPDATE memdb.cluster_facts AS c
    SET
        cluster_id = taker,
        added_at = now()
    WHERE c.org_id = tenant AND c.cluster_id = ANY (taken);
    UPDATE memdb.clusters AS c
    SET merged_into = taker
    WHERE c.org_id = tenant AND c.merged_into = ANY (taken);
    RETURN (SELECT count(*) FROM memdb.cluster_facts AS c WHERE c.org_id = tenant AND c.cluster_id = taker);
END
$$;

CREATE FUNCTION memdb.take_quota(tenant uuid, what text, since date, quota bigint, amount bigint) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
DECLARE
    chosen smallint;
    room bigint;
BEGIN
    IF quota IS NULL OR amount = 0 THEN
        RETURN true;
    END IF;
    -- A row that nobody is writing, as an advisory lock tells; else one row to wait for.
    FOR attempt IN 1..2 LOOP
        SELECT c.slot INTO chosen
        FROM (
            SELECT s.slot
            FROM memdb.quota_slots AS s
            WHERE s.org_id = tenant AND s.kind = what AND s.period = since AND s.free >= greatest(amount, 0)
            ORDER BY (s.slot + pg_backend_pid()) % 16
            OFFSET 0
        ) AS c
        WHERE attempt = 2 OR pg_try_advisory_xact_lock(hashtextextended(concat(tenant, what, c.slot), 0))
        LIMIT 1;
        EXIT WHEN chosen IS NOT NULL;
    END LOOP;
    IF chosen IS NOT NULL THEN
        -- A subtransaction, because an UPDATE that finds the row changed and too little left would keep it locked: two of those, wanting all
        -- rows next, would wait for each other.
        BEGIN
            UPDATE memdb.quota_slots AS s
            SET free = s.free - amount
            WHERE s.org_id = tenant AND s.kind = what AND s.period = since AND s.slot = chosen AND s.free >= greatest(amount, 0);
            -- What is given back to a quota that was lowered must not turn up as free beside what is owed.
            IF found AND (
                amount > 0
                OR NOT EXISTS (
                    SELECT FROM memdb.quota_slots AS o
                    WHERE o.org_id = tenant AND o.kind = what AND o.period = since AND o.free < 0
                )
            ) THEN
                RETURN true;
            END IF;
            RAISE EXCEPTION 'changed' USING ERRCODE = 'MV000';
        EXCEPTION
            WHEN SQLSTATE 'MV000' THEN NULL;
        END;
    END IF;
    -- No row has enough by itself: all of them together, always locked in the same order.
    INSERT INTO memdb.quota_slots (org_id, kind, period, slot, free)
    SELECT tenant, what, since, n, memdb.quota_share(quota, n)
    FROM generate_series(0, 15) AS n
    ON CONFLICT DO NOTHING;
    PERFORM FROM memdb.quota_slots AS s
    WHERE s.org_id = tenant AND s.kind = what AND s.period = since
    ORDER BY s.slot
    FOR UPDATE;
    SELECT sum(s.free) INTO room
    FROM memdb.quota_slots AS s
    WHERE s.org_id = tenant AND s.kind = what AND s.period = since;
    IF amount > 0 AND room < amount THEN
        RAISE EXCEPTION 'quota exceeded' USING ERRCODE = 'MV004', DETAIL = format('%s|%s', what, quota);
    END IF;
    UPDATE memdb.quota_slots AS s
    SET free = memdb.quota_share(room - amount, s.slot)
    WHERE s.org_id = tenant AND s.kind = what AND s.period = since;
    RETURN true;
END
$$;

CREATE TABLE memdb.agents (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    config jsonb DEFAULT '{}'::jsonb NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT agents_config_object CHECK (((jsonb_typeof(config) = 'object'::text) AND (octet_length((config)::text) <= 65536))),
    CONSTRAINT agents_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192))),
    CONSTRAINT agents_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
    CONSTRAINT agents_slug_format CHECK ((slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text)),
    CONSTRAINT agents_status_known CHECK ((status = ANY (ARRAY['active'::text, 'paused'::text, 'suspended'::text, 'archived'::text]))),
    CONSTRAINT agents_tags_count CHECK ((cardinality(tags) <= 20))
);

ALTER TABLE ONLY memdb.agents FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.organizations (
    id uuid DEFAULT memdb.new_id() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    tier text DEFAULT 'free'::text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    billing_email text,
    settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    memory_quota bigint,
    agent_quota bigint,
    monthly_token_quota bigint,
    language text DEFAULT 'english'::text NOT NULL,
    CONSTRAINT organizations_agent_quota_not_negative CHECK ((agent_quota >= 0)),
    CONSTRAINT organizations_billing_email_format CHECK (((billing_email ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text) AND (char_length(billing_email) <= 320))),
    CONSTRAINT organizations_language_known CHECK ((language = ANY (ARRAY['simple'::text, 'arabic'::text, 'armenian'::text, 'basque'::text, 'catalan'::text, 'danish'::text, 'dutch'::text, 'english'::text, 'finnish'::text, 'french'::text, 'german'::text, 'greek'::text, 'hindi'::text, 'hungarian'::text, 'indonesian'::text, 'irish'::text, 'italian'::text, 'lithuanian'::text, 'nepali'::text, 'norwegian'::text, 'portuguese'::text, 'romanian'::text, 'russian'::text, 'serbian'::text, 'spanish'::text, 'swedish'::text, 'tamil'::text, 'turkish'::text, 'yiddish'::text]))),
    CONSTRAINT organizations_memory_quota_not_negative CHECK ((memory_quota >= 0)),
    CONSTRAINT organizations_monthly_token_quota_not_negative CHECK ((monthly_token_quota >= 0)),
    CONSTRAINT organizations_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
    CONSTRAINT organizations_settings_object CHECK (((jsonb_typeof(settings) = 'object'::text) AND (octet_length((settings)::text) <= 8192))),
    CONSTRAINT organizations_slug_format CHECK ((slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text)),
    CONSTRAINT organizations_status_known CHECK ((status = ANY (ARRAY['active'::text, 'trial'::text, 'suspended'::text, 'cancelled'::text]))),
    CONSTRAINT organizations_tier_known CHECK ((tier = ANY (ARRAY['free'::text, 'pro'::text, 'enterprise'::text])))
);

ALTER TABLE ONLY memdb.organizations FORCE ROW LEVEL SECURITY;

CREATE VIEW memdb.writers WITH (security_invoker='true') AS
 SELECT a.org_id,
    a.id,
    a.status,
    a.deleted_at,
    o.status AS organization_status,
    o.deleted_at AS organization_deleted_at,
    o.memory_quota,
    o.monthly_token_quota,
    o.language
   FROM (memdb.agents a
     JOIN memdb.organizations o ON ((o.id = a.org_id)));

CREATE FUNCTION memdb.takes_writes(writer memdb.writers, wanted_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN CASE WHEN ((writer).id <> wanted_id) THEN false WHEN ((writer).organization_deleted_at IS NOT NULL) THEN memdb.refuse_write('organization'::text, 'deleted'::text) WHEN ((writer).organization_status = ANY (ARRAY['suspended'::text, 'cancelled'::text])) THEN memdb.refuse_write('organization'::text, (writer).organization_status) WHEN ((writer).deleted_at IS NOT NULL) THEN memdb.refuse_write('agent'::text, 'deleted'::text) WHEN ((writer).status = ANY (ARRAY['suspended'::text, 'archived'::text])) THEN memdb.refuse_write('agent'::text, (writer).status) ELSE true END;

CREATE FUNCTION memdb.telling(words tsquery[], likely double precision[], scope_size double precision, most double precision, OUT query tsquery, OUT threshold double precision) RETURNS record
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

CREATE FUNCTION memdb.text_digest(content text) RETURNS bytea
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    RETURN sha256(convert_to(content, 'UTF8'));
END
$$;

CREATE FUNCTION memdb.unaccented(lowered text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
DECLARE
    plain text := lowered;
BEGIN
    IF plain ~ '[\u00df-\u00ff]' THEN
        plain := replace(
            replace(translate(plain, 'àáâãäåçèéêëìíîïðñòóôõöøùúûüýÿ', 'aaaaaaceeeeiiiidnoooooouuuuyy'), 'ß', 'ss'), 'æ', 'ae'
        );
    END IF;
    IF plain ~ '[\u0100-\u024f\u0300-\u03ff\u0451\u1e00-\u1fff]' THEN
        plain := normalize(
            regexp_replace(normalize(plain, NFD), '([a-z\u0100-\u024f\u0370-\u03ff\u0435])[\u0300-\u036f]+', '\1', 'g'), NFC
        );
        plain := replace(translate(plain, 'đħıłŧ', 'dhilt'), 'œ', 'oe');
    END IF;
    RETURN plain;
END
$$;

CREATE FUNCTION memdb.undo_entity_merge(tenant uuid, merge uuid, actor text) RETURNS TABLE(undone memdb.entity_merges, left_over jsonb)
    LANGUAGE plpgsql
    AS $$
DECLARE
    made memdb.entity_merges;
    gone memdb.entities;
    kept memdb.entities;
    moment timestamptz;
    done text[] := '{}';
    others uuid[];
BEGIN
    PERFORM
    FROM memdb.agents AS a
    WHERE a.org_id = tenant
        AND a.id = (SELECT m.agent_id FROM memdb.entity_merges AS m WHERE m.org_id = tenant AND m.id = merge)
    FOR NO KEY UPDATE;
    PERFORM
    FROM memdb.entities AS e
    WHERE e.org_id = tenant
        AND e.id = ANY (
            ARRAY(
                SELECT unnest(ARRAY[m.merged_id, m.into_id]) FROM memdb.entity_merges AS m WHERE m.org_id = tenant AND m.id = merge
                UNION ALL
                SELECT p.part_id FROM memdb.entity_merge_parts AS p WHERE p.org_id = tenant AND p.merge_id = merge AND p.kind = 'entity'
            )
        )
    ORDER BY e.id
    FOR UPDATE;
    moment := clock_timestamp();
    SELECT m.* INTO made FROM memdb.entity_merges AS m WHERE m.org_id = tenant AND m.id = merge;
    IF made.id IS NULL THEN
        RETURN;
    END IF;
    SELECT e.* INTO STRICT gone FROM memdb.entities AS e WHERE e.org_id = tenant AND e.id = made.merged_id;
    SELECT e.* INTO STRICT kept FROM memdb.entities AS e WHERE e.org_id = tenant AND e.id = made.into_id;
    PERFORM FROM memdb.writers AS w WHERE w.org_id = tenant AND w.id = made.agent_id AND memdb.takes_writes(w, made.agent_id);
    IF made.undone_at IS NOT NULL THEN
        RAISE EXCEPTION 'no such transition' USING ERRCODE = 'MV003', DETAIL = 'undone|undone';
    END IF;
    PERFORM
        memdb.must(gone.deleted_at IS NULL, 'merge_id', 'must be the merge of an entity that is not deleted'),
        memdb.must(kept.status = 'active', 'merge_id', 'must be the merge into an entity that was not merged itself: undo that merge first');
    others := ARRAY(
        SELECT m.id
        FROM memdb.entity_merges AS m
        WHERE m.org_id = tenant
            AND m.into_id = kept.id
            AND m.id <> merge
            AND m.undone_at IS NULL
    );

    UPDATE memdb.entities AS e
    SET
        status = 'active',
        merged_into = NULL,
        updated_at = greatest(e.updated_at, moment),
        version = e.version + 1
    WHERE e.org_id = tenant
        AND e.id = gone.id;
    UPDATE memdb.entities AS e
    SET
        first_seen_at = CASE WHEN e.first_seen_at = gone.first_seen_at THEN made.first_seen_at ELSE e.first_seen_at END,
        last_seen_at = CASE WHEN e.last_seen_at = gone.last_seen_at THEN made.last_seen_at ELSE e.last_seen_at END,
        mentions = greatest(e.mentions - made.mentions, 1),
        updated_at = greatest(e.updated_at, moment),
        version = e.version + 1
    WHERE e.org_id = tenant
        AND e.id = kept.id;
    WITH back AS (
        UPDATE memdb.entities AS e
        SET merged_into = gone.id
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'entity'
            AND e.org_id = tenant
            AND e.id = p.part_id
            AND e.merged_into = kept.id
        RETURNING e.id
    )
    SELECT done || array_agg('entity ' || b.id) INTO done FROM back AS b;

    WITH back AS (
        UPDATE memdb.entity_aliases AS a
        SET entity_id = gone.id
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'alias'
            AND a.org_id = tenant
            AND a.agent_id = made.agent_id
            AND a.key = p.key
            AND a.entity_id = kept.id
        RETURNING a.key
    ),
    removed AS (
        DELETE FROM memdb.entity_aliases AS a
        USING memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'added_alias'
            AND a.org_id = tenant
            AND a.agent_id = made.agent_id
            AND a.key = p.key
            AND a.entity_id = kept.id
        RETURNING a.key
    )
    SELECT done || array_agg('alias ' || d.key) INTO done FROM (SELECT b.key FROM back AS b UNION ALL SELECT r.key FROM removed AS r) AS d;

    WITH back AS (
        UPDATE memdb.facts AS f
        SET
            entity_id = gone.id,
            updated_at = greatest(f.updated_at, moment),
            version = f.version + 1
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'fact'
            AND f.org_id = tenant
            AND f.id = p.part_id
            AND f.entity_id = kept.id
            -- Another merge that stands has made it speak for another one, too.
            AND NOT EXISTS (
                SELECT FROM memdb.entity_merge_parts AS x
                WHERE x.org_id = tenant
                    AND x.merge_id = ANY (others)
                    AND x.kind = 'confirmed_fact'
                    AND x.part_id = f.id
            )
        RETURNING f.id
    )
    SELECT done || array_agg('fact ' || b.id) INTO done FROM back AS b;
    -- Active again, unless something else says the same by now.
    WITH back AS (
        UPDATE memdb.facts AS f
        SET
            entity_id = gone.id,
            status = 'active',
            superseded_by = NULL,
            invalidated_at = NULL,
            held_until = NULL,
            valid_until = (p.before ->> 'valid_until')::timestamptz,
            updated_at = greatest(f.updated_at, moment),
            version = f.version + 1
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'equal_fact'
            AND f.org_id = tenant
            AND f.id = p.part_id
            AND f.entity_id = kept.id
            AND f.superseded_by = p.other_id
            AND f.invalidated_at = made.merged_at
            AND f.deleted_at IS NULL
            AND NOT EXISTS (
                SELECT FROM memdb.facts AS o
                WHERE o.org_id = tenant
                    AND o.entity_id = gone.id
                    AND o.attribute IS NOT DISTINCT FROM f.attribute
                    AND o.same_key = f.same_key
                    AND o.valid_until IS NOT DISTINCT FROM (p.before ->> 'valid_until')::timestamptz
                    AND o.status = 'active'
                    AND o.deleted_at IS NULL
            )
        RETURNING f.id
    )
    SELECT done || array_agg('equal_fact ' || b.id) INTO done FROM back AS b;
    UPDATE memdb.facts AS f
    SET
        entity_id = gone.id,
        updated_at = greatest(f.updated_at, moment),
        version = f.version + 1
    FROM memdb.entity_merge_parts AS p
    WHERE p.org_id = tenant
        AND p.merge_id = merge
        AND p.kind = 'equal_fact'
        AND f.org_id = tenant
        AND f.id = p.part_id
        AND f.entity_id = kept.id
        AND f.status <> 'active';
    WITH back AS (
        UPDATE memdb.facts AS f
        SET
            confidence = (p.before ->> 'confidence')::float8,
            confirmations = (p.before ->> 'confirmations')::int,
            confirmed_at = (p.before ->> 'confirmed_at')::timestamptz,
            expires_at = (p.before ->> 'expires_at')::timestamptz,
            updated_at = greatest(f.updated_at, moment),
            version = f.version + 1
        FROM memdb.entity_merge_parts AS p, jsonb_populate_record(NULL::memdb.facts, p.after) AS made_of
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'confirmed_fact'
            AND f.org_id = tenant
            AND f.id = p.part_id
            AND (f.confidence, f.confirmations, f.confirmed_at, f.expires_at)
            IS NOT DISTINCT FROM (made_of.confidence, made_of.confirmations, made_of.confirmed_at, made_of.expires_at)
        RETURNING f.id
    )
    SELECT done || array_agg('confirmed_fact ' || b.id) INTO done FROM back AS b;
    WITH removed AS (
        DELETE FROM memdb.fact_entities AS l
        USING memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'link'
            AND l.org_id = tenant
            AND l.fact_id = p.part_id
            AND l.entity_id = kept.id
            AND NOT EXISTS (SELECT FROM memdb.facts AS f WHERE f.org_id = tenant AND f.id = l.fact_id AND f.entity_id = kept.id)
    ),
    back AS (
        INSERT INTO memdb.fact_entities AS l (org_id, fact_id, entity_id)
        SELECT tenant, n.fact_id, gone.id
        FROM memdb.entity_merge_parts AS p
        JOIN memdb.fact_entities AS n ON n.org_id = tenant AND n.fact_id = p.part_id AND n.entity_id = kept.id
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind IN ('link', 'shared_link')
        ON CONFLICT ON CONSTRAINT fact_entities_pkey DO NOTHING
        RETURNING l.fact_id
    )
    SELECT done || array_agg('link ' || b.fact_id) INTO done FROM back AS b;

    PERFORM
    FROM memdb.edges AS e
    WHERE e.org_id = tenant
        AND e.id = ANY (ARRAY(SELECT p.part_id FROM memdb.entity_merge_parts AS p WHERE p.org_id = tenant AND p.merge_id = merge))
    ORDER BY e.source_id, e.target_id, e.type
    FOR NO KEY UPDATE;
    WITH back AS (
        UPDATE memdb.edges AS e
        SET
            source_id = CASE WHEN p.kind = 'source' THEN gone.id ELSE e.source_id END,
            target_id = CASE WHEN p.kind = 'target' THEN gone.id ELSE e.target_id END,
            updated_at = greatest(e.updated_at, moment),
            version = e.version + 1
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind IN ('source', 'target')
            AND e.org_id = tenant
            AND e.id = p.part_id
            AND CASE WHEN p.kind = 'source' THEN e.source_id ELSE e.target_id END = kept.id
            AND NOT EXISTS (
                SELECT FROM memdb.entity_merge_parts AS x
                WHERE x.org_id = tenant
                    AND x.merge_id = ANY (others)
                    AND x.kind = 'grown_edge'
                    AND x.part_id = e.id
            )
            AND NOT EXISTS (
                SELECT FROM memdb.edges AS o
                WHERE o.org_id = tenant
                    AND o.source_id = CASE WHEN p.kind = 'source' THEN gone.id ELSE e.source_id END
                    AND o.target_id = CASE WHEN p.kind = 'target' THEN gone.id ELSE e.target_id END
                    AND o.type = e.type
            )
        RETURNING e.id
    )
    SELECT done || array_agg('end ' || b.id) INTO done FROM back AS b;
    WITH back AS (
        UPDATE memdb.edges AS e
        SET
            weight = was.weight,
            assertions = was.assertions,
            valid_from = was.valid_from,
            valid_until = was.valid_until,
            invalidated_at = was.invalidated_at,
            used_at = was.used_at,
            -- It may have been removed meanwhile.
            fact_id = (SELECT f.id FROM memdb.facts AS f WHERE f.org_id = tenant AND f.id = was.fact_id),
            updated_at = greatest(e.updated_at, moment),
            version = e.version + 1
        FROM
            memdb.entity_merge_parts AS p,
            jsonb_populate_record(NULL::memdb.edges, p.before) AS was,
            jsonb_populate_record(NULL::memdb.edges, p.after) AS made_of
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'grown_edge'
            AND e.org_id = tenant
            AND e.id = p.part_id
            AND (e.weight, e.assertions, e.valid_from, e.valid_until, e.invalidated_at, e.used_at, e.fact_id)
            IS NOT DISTINCT FROM (
                made_of.weight, made_of.assertions, made_of.valid_from, made_of.valid_until, made_of.invalidated_at, made_of.used_at,
                made_of.fact_id
            )
        RETURNING e.id
    )
    SELECT done || array_agg('grown_edge ' || b.id) INTO done FROM back AS b;
    WITH back AS (
        UPDATE memdb.edges AS e
        SET
            fact_id = f.id,
            updated_at = greatest(e.updated_at, moment),
            version = e.version + 1
        FROM memdb.entity_merge_parts AS p
        JOIN memdb.facts AS f ON f.org_id = tenant AND f.id = p.other_id
        JOIN memdb.entity_merge_parts AS q ON q.org_id = tenant AND q.merge_id = merge AND q.kind = 'equal_fact' AND q.part_id = f.id
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'evidence'
            AND e.org_id = tenant
            AND e.id = p.part_id
            AND e.fact_id = q.other_id
            AND f.status = 'active'
            AND f.deleted_at IS NULL
        RETURNING e.id
    )
    SELECT done || array_agg('evidence ' || b.id) INTO done FROM back AS b;
    WITH back AS (
        UPDATE memdb.edges AS e
        SET
            invalidated_at = NULL,
            updated_at = greatest(e.updated_at, moment),
            version = e.version + 1
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'set_aside_edge'
            AND e.org_id = tenant
            AND e.id = p.part_id
            AND e.invalidated_at = made.merged_at
            AND (
                e.fact_id IS NULL
                OR EXISTS (
                    SELECT FROM memdb.facts AS f
                    WHERE f.org_id = tenant
                        AND f.id = e.fact_id
                        AND f.status = 'active'
                        AND f.deleted_at IS NULL
                )
            )
            AND NOT EXISTS (
                SELECT FROM memdb.entities AS x
                WHERE x.org_id = tenant
                    AND x.id IN (e.source_id, e.target_id)
                    AND x.status = 'merged'
            )
        RETURNING e.id
    )
    SELECT done || array_agg('set_aside_edge ' || b.id) INTO done FROM back AS b;

    UPDATE memdb.entity_merges AS m
    SET
        undone_at = moment,
        undone_by = actor
    WHERE m.org_id = tenant
        AND m.id = merge
    RETURNING m.* INTO STRICT undone;
    left_over := (
        SELECT
            coalesce(
                jsonb_agg(jsonb_build_object('kind', p.kind, 'id', p.part_id, 'key', nullif(p.key, '')) ORDER BY p.kind, p.part_id, p.key),
                '[]'
            )
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND NOT EXISTS (
                SELECT FROM unnest(done) AS d (part)
                WHERE d.part = CASE p.kind
                    WHEN 'alias' THEN 'alias ' || p.key
                    WHEN 'added_alias' THEN 'alias ' || p.key
                    WHEN 'shared_link' THEN 'link ' || p.part_id
                    WHEN 'source' THEN 'end ' || p.part_id
                    WHEN 'target' THEN 'end ' || p.part_id
                    ELSE p.kind || ' ' || p.part_id
                END
            )
    );
    RETURN NEXT;
END
$$;

CREATE FUNCTION memdb.unplaced(language text, content text) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
DECLARE
    unplaced tsvector := array_to_tsvector(memdb.identifiers(content) || memdb.acronyms(language, content));
BEGIN
    IF content ~ '[a-z0-9][A-Z]|[A-Z][A-Z][a-z]' THEN
        unplaced := unplaced || strip(to_tsvector(('pg_catalog.' || language)::regconfig, (
            SELECT coalesce(
                string_agg(
                    regexp_replace(regexp_replace(camel.found[1], '([a-z0-9])([A-Z])', '\1 \2', 'g'), '([A-Z])([A-Z][a-z])', '\1 \2', 'g'), ' '
                ),
                ''
            )
            FROM regexp_matches(content, '(?<![a-zA-Z0-9])([a-zA-Z0-9]*(?:[a-z0-9][A-Z]|[A-Z][A-Z][a-z])[a-zA-Z0-9]*)', 'g') AS camel (found)
        )));
    END IF;
    RETURN unplaced;
END
$$;

CREATE FUNCTION memdb.updated_then(updated_at timestamp with time zone, created_at timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE STRICT
    AS $$
BEGIN
    PERFORM memdb.must(
        updated_at >= created_at AND updated_at <= now() + interval '1 minute',
        'updated_at',
        'must be between created_at and now; without created_at that is now'
    );
    RETURN updated_at;
END
$$;

CREATE FUNCTION memdb.values_of_checkpoint(tenant uuid, thread uuid, in_namespace text, versions jsonb) RETURNS TABLE(channels text[], types text[], data bytea[])
    LANGUAGE sql STABLE
    AS $$
    SELECT
        coalesce(array_agg(v.channel), '{}'),
        coalesce(array_agg(v.type), '{}'),
        coalesce(array_agg(v.data), '{}')
    FROM jsonb_each_text(versions) AS k (channel, version)
    CROSS JOIN LATERAL (
        SELECT
            o.channel,
            o.type,
            o.data
        FROM memdb.thread_values AS o
        WHERE o.org_id = tenant
            AND o.thread_id = thread
            AND o.namespace = in_namespace
            AND o.channel = k.channel
            AND o.version = k.version
        -- Each by its key, however many the thread is thought to have.
        LIMIT 1
    ) AS v
$$;

CREATE FUNCTION memdb.version_of(memory memdb.memories, operation text, reason text, actor text) RETURNS SETOF memdb.memory_versions
    LANGUAGE sql STABLE
    AS $$
    SELECT
        memory.org_id,
        memory.id,
        memory.updated_at,
        memory.expires_at,
        memory.deleted_at,
        memory.confidence,
        memory.version,
        operation,
        memory.category,
        memory.status,
        memory.content,
        reason,
        memory.tags,
        memory.metadata,
        actor,
        memory.labels,
        memory.valid_from,
        memory.valid_until,
        memory.superseded_by,
        memory.merged_into
$$;

CREATE FUNCTION memdb.visible(content text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    RETURN CASE
        WHEN content ~ '[^\u0001-\u007f]' THEN regexp_replace(
            content,
            '[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]+',
            '',
            'g'
        )
        ELSE content
    END;
END
$$;

CREATE FUNCTION memdb.vitality(retrievals integer, days double precision, age double precision, confidence double precision, confirmations integer, corrections integer) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((((((0.3)::double precision * LEAST((1)::double precision, (ln(((1)::double precision + (retrievals)::double precision)) / ln((11)::double precision)))) + ((0.25)::double precision * COALESCE(memdb.half_life_decay(days, (30)::double precision), memdb.half_life_decay(age, (90)::double precision)))) + ((0.2)::double precision * confidence)) + ((0.15)::double precision * LEAST((1)::double precision, ((confirmations)::double precision / (5)::double precision)))) * power((0.8)::double precision, (LEAST(corrections, 1000))::double precision));

CREATE FUNCTION memdb.window_start(tenant uuid, of_session uuid, after integer, last integer, rounds integer, tokens bigint, most integer) RETURNS integer
    LANGUAGE plpgsql STABLE
    AS $$
DECLARE
    piece CONSTANT integer := 128;
    start integer;
    message record;
BEGIN
    WHILE last > after LOOP
        FOR message IN
            SELECT
                m.position,
                m.role,
                m.tokens
            FROM memdb.messages AS m
            WHERE m.org_id = tenant
                AND m.session_id = of_session
                AND m.position > greatest(after, last - piece)
                AND m.position <= last
                AND m.deleted_at IS NULL
            ORDER BY m.position DESC
        LOOP
            CONTINUE WHEN message.role IN ('system', 'developer');
            tokens := tokens - message.tokens;
            most := most - 1;
            IF tokens < 0 OR most < 0 THEN
                RETURN start;
            END IF;
            start := message.position;
            rounds := rounds - (message.role = 'user')::integer;
            IF rounds = 0 THEN
                RETURN start;
            END IF;
        END LOOP;
        last := last - piece;
    END LOOP;
    RETURN start;
END
$$;

CREATE FUNCTION memdb.without_arguments(tool_calls jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT jsonb_agg((c.call - 'arguments'::text) ORDER BY c.place) AS jsonb_agg FROM jsonb_array_elements(without_arguments.tool_calls) WITH ORDINALITY c(call, place));

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

CREATE FUNCTION memdb.write_tags(tenant uuid, memory uuid, tags text[]) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO memdb.memory_tags (org_id, memory_id, tag)
    SELECT
        tenant,
        memory,
        given.tag
    FROM unnest(tags) AS given (tag)
    ON CONFLICT DO NOTHING;
    RETURN true;
END
$$;

CREATE FUNCTION memdb.writes_of_checkpoint(tenant uuid, thread uuid, in_namespace text, checkpoint text, of_channels text[] DEFAULT NULL::text[]) RETURNS TABLE(task_ids text[], channels text[], types text[], data bytea[])
    LANGUAGE sql STABLE
    AS $$
    SELECT
        coalesce(array_agg(w.task_id ORDER BY w.task_path, w.task_id, w.position), '{}'),
        coalesce(array_agg(w.channel ORDER BY w.task_path, w.task_id, w.position), '{}'),
        coalesce(array_agg(w.type ORDER BY w.task_path, w.task_id, w.position), '{}'),
        coalesce(array_agg(w.data ORDER BY w.task_path, w.task_id, w.position), '{}')
    FROM memdb.thread_writes AS w
    WHERE w.org_id = tenant
        AND w.thread_id = thread
        AND w.namespace = in_namespace
        AND w.checkpoint_id = checkpoint
        AND (of_channels IS NULL OR w.channel = ANY (of_channels))
$$;

CREATE AGGREGATE memdb.chained(head bytea, entry bytea) (
    SFUNC = memdb.chain_step,
    STYPE = bytea
);

CREATE TEXT SEARCH DICTIONARY memdb.arabic_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'arabic' );

CREATE TEXT SEARCH DICTIONARY memdb.armenian_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'armenian' );

CREATE TEXT SEARCH DICTIONARY memdb.basque_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'basque' );

CREATE TEXT SEARCH DICTIONARY memdb.catalan_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'catalan' );

CREATE TEXT SEARCH DICTIONARY memdb.danish_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'danish' );

CREATE TEXT SEARCH DICTIONARY memdb.dutch_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'dutch' );

CREATE TEXT SEARCH DICTIONARY memdb.english_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'english' );

CREATE TEXT SEARCH DICTIONARY memdb.finnish_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'finnish' );

CREATE TEXT SEARCH DICTIONARY memdb.french_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'french' );

CREATE TEXT SEARCH DICTIONARY memdb.german_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'german' );

CREATE TEXT SEARCH DICTIONARY memdb.greek_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'greek' );

CREATE TEXT SEARCH DICTIONARY memdb.hindi_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'hindi' );

CREATE TEXT SEARCH DICTIONARY memdb.hungarian_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'hungarian' );

CREATE TEXT SEARCH DICTIONARY memdb.indonesian_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'indonesian' );

CREATE TEXT SEARCH DICTIONARY memdb.irish_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'irish' );

CREATE TEXT SEARCH DICTIONARY memdb.italian_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'italian' );

CREATE TEXT SEARCH DICTIONARY memdb.lithuanian_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'lithuanian' );

CREATE TEXT SEARCH DICTIONARY memdb.nepali_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'nepali' );

CREATE TEXT SEARCH DICTIONARY memdb.norwegian_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'norwegian' );

CREATE TEXT SEARCH DICTIONARY memdb.portuguese_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'portuguese' );

CREATE TEXT SEARCH DICTIONARY memdb.romanian_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'romanian' );

CREATE TEXT SEARCH DICTIONARY memdb.russian_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'russian' );

CREATE TEXT SEARCH DICTIONARY memdb.serbian_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'serbian' );

CREATE TEXT SEARCH DICTIONARY memdb.spanish_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'spanish' );

CREATE TEXT SEARCH DICTIONARY memdb.swedish_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'swedish' );

CREATE TEXT SEARCH DICTIONARY memdb.tamil_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'tamil' );

CREATE TEXT SEARCH DICTIONARY memdb.turkish_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'turkish' );

CREATE TEXT SEARCH DICTIONARY memdb.yiddish_stem (
    TEMPLATE = pg_catalog.snowball,
    language = 'yiddish' );

CREATE TEXT SEARCH CONFIGURATION memdb.arabic (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.arabic
    ADD MAPPING FOR asciiword WITH memdb.arabic_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.arabic
    ADD MAPPING FOR word WITH memdb.arabic_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.arabic
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.arabic
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.arabic
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.arabic
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.arabic
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.arabic
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.arabic
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.arabic
    ADD MAPPING FOR hword_part WITH memdb.arabic_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.arabic
    ADD MAPPING FOR hword_asciipart WITH memdb.arabic_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.arabic
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.arabic
    ADD MAPPING FOR asciihword WITH memdb.arabic_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.arabic
    ADD MAPPING FOR hword WITH memdb.arabic_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.arabic
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.arabic
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.arabic
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.arabic
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.arabic
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.armenian (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.armenian
    ADD MAPPING FOR asciiword WITH memdb.armenian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.armenian
    ADD MAPPING FOR word WITH memdb.armenian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.armenian
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.armenian
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.armenian
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.armenian
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.armenian
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.armenian
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.armenian
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.armenian
    ADD MAPPING FOR hword_part WITH memdb.armenian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.armenian
    ADD MAPPING FOR hword_asciipart WITH memdb.armenian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.armenian
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.armenian
    ADD MAPPING FOR asciihword WITH memdb.armenian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.armenian
    ADD MAPPING FOR hword WITH memdb.armenian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.armenian
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.armenian
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.armenian
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.armenian
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.armenian
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.basque (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.basque
    ADD MAPPING FOR asciiword WITH memdb.basque_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.basque
    ADD MAPPING FOR word WITH memdb.basque_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.basque
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.basque
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.basque
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.basque
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.basque
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.basque
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.basque
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.basque
    ADD MAPPING FOR hword_part WITH memdb.basque_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.basque
    ADD MAPPING FOR hword_asciipart WITH memdb.basque_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.basque
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.basque
    ADD MAPPING FOR asciihword WITH memdb.basque_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.basque
    ADD MAPPING FOR hword WITH memdb.basque_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.basque
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.basque
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.basque
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.basque
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.basque
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.catalan (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.catalan
    ADD MAPPING FOR asciiword WITH memdb.catalan_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.catalan
    ADD MAPPING FOR word WITH memdb.catalan_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.catalan
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.catalan
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.catalan
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.catalan
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.catalan
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.catalan
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.catalan
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.catalan
    ADD MAPPING FOR hword_part WITH memdb.catalan_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.catalan
    ADD MAPPING FOR hword_asciipart WITH memdb.catalan_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.catalan
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.catalan
    ADD MAPPING FOR asciihword WITH memdb.catalan_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.catalan
    ADD MAPPING FOR hword WITH memdb.catalan_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.catalan
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.catalan
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.catalan
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.catalan
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.catalan
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.danish (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.danish
    ADD MAPPING FOR asciiword WITH memdb.danish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.danish
    ADD MAPPING FOR word WITH memdb.danish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.danish
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.danish
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.danish
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.danish
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.danish
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.danish
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.danish
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.danish
    ADD MAPPING FOR hword_part WITH memdb.danish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.danish
    ADD MAPPING FOR hword_asciipart WITH memdb.danish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.danish
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.danish
    ADD MAPPING FOR asciihword WITH memdb.danish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.danish
    ADD MAPPING FOR hword WITH memdb.danish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.danish
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.danish
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.danish
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.danish
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.danish
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.dutch (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.dutch
    ADD MAPPING FOR asciiword WITH memdb.dutch_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.dutch
    ADD MAPPING FOR word WITH memdb.dutch_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.dutch
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.dutch
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.dutch
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.dutch
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.dutch
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.dutch
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.dutch
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.dutch
    ADD MAPPING FOR hword_part WITH memdb.dutch_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.dutch
    ADD MAPPING FOR hword_asciipart WITH memdb.dutch_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.dutch
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.dutch
    ADD MAPPING FOR asciihword WITH memdb.dutch_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.dutch
    ADD MAPPING FOR hword WITH memdb.dutch_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.dutch
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.dutch
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.dutch
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.dutch
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.dutch
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.english (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.english
    ADD MAPPING FOR asciiword WITH memdb.english_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.english
    ADD MAPPING FOR word WITH memdb.english_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.english
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.english
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.english
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.english
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.english
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.english
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.english
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.english
    ADD MAPPING FOR hword_part WITH memdb.english_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.english
    ADD MAPPING FOR hword_asciipart WITH memdb.english_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.english
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.english
    ADD MAPPING FOR asciihword WITH memdb.english_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.english
    ADD MAPPING FOR hword WITH memdb.english_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.english
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.english
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.english
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.english
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.english
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.finnish (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.finnish
    ADD MAPPING FOR asciiword WITH memdb.finnish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.finnish
    ADD MAPPING FOR word WITH memdb.finnish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.finnish
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.finnish
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.finnish
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.finnish
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.finnish
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.finnish
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.finnish
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.finnish
    ADD MAPPING FOR hword_part WITH memdb.finnish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.finnish
    ADD MAPPING FOR hword_asciipart WITH memdb.finnish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.finnish
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.finnish
    ADD MAPPING FOR asciihword WITH memdb.finnish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.finnish
    ADD MAPPING FOR hword WITH memdb.finnish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.finnish
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.finnish
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.finnish
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.finnish
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.finnish
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.french (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.french
    ADD MAPPING FOR asciiword WITH memdb.french_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.french
    ADD MAPPING FOR word WITH memdb.french_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.french
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.french
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.french
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.french
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.french
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.french
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.french
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.french
    ADD MAPPING FOR hword_part WITH memdb.french_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.french
    ADD MAPPING FOR hword_asciipart WITH memdb.french_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.french
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.french
    ADD MAPPING FOR asciihword WITH memdb.french_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.french
    ADD MAPPING FOR hword WITH memdb.french_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.french
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.french
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.french
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.french
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.french
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.german (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.german
    ADD MAPPING FOR asciiword WITH memdb.german_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.german
    ADD MAPPING FOR word WITH memdb.german_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.german
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.german
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.german
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.german
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.german
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.german
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.german
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.german
    ADD MAPPING FOR hword_part WITH memdb.german_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.german
    ADD MAPPING FOR hword_asciipart WITH memdb.german_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.german
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.german
    ADD MAPPING FOR asciihword WITH memdb.german_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.german
    ADD MAPPING FOR hword WITH memdb.german_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.german
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.german
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.german
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.german
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.german
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.greek (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.greek
    ADD MAPPING FOR asciiword WITH memdb.greek_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.greek
    ADD MAPPING FOR word WITH memdb.greek_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.greek
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.greek
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.greek
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.greek
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.greek
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.greek
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.greek
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.greek
    ADD MAPPING FOR hword_part WITH memdb.greek_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.greek
    ADD MAPPING FOR hword_asciipart WITH memdb.greek_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.greek
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.greek
    ADD MAPPING FOR asciihword WITH memdb.greek_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.greek
    ADD MAPPING FOR hword WITH memdb.greek_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.greek
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.greek
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.greek
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.greek
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.greek
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.hindi (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.hindi
    ADD MAPPING FOR asciiword WITH memdb.english_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.hindi
    ADD MAPPING FOR word WITH memdb.hindi_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.hindi
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hindi
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hindi
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hindi
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hindi
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hindi
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hindi
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hindi
    ADD MAPPING FOR hword_part WITH memdb.hindi_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.hindi
    ADD MAPPING FOR hword_asciipart WITH memdb.english_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.hindi
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hindi
    ADD MAPPING FOR asciihword WITH memdb.english_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.hindi
    ADD MAPPING FOR hword WITH memdb.hindi_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.hindi
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hindi
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hindi
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hindi
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hindi
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.hungarian (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.hungarian
    ADD MAPPING FOR asciiword WITH memdb.hungarian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.hungarian
    ADD MAPPING FOR word WITH memdb.hungarian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.hungarian
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hungarian
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hungarian
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hungarian
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hungarian
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hungarian
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hungarian
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hungarian
    ADD MAPPING FOR hword_part WITH memdb.hungarian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.hungarian
    ADD MAPPING FOR hword_asciipart WITH memdb.hungarian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.hungarian
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hungarian
    ADD MAPPING FOR asciihword WITH memdb.hungarian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.hungarian
    ADD MAPPING FOR hword WITH memdb.hungarian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.hungarian
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hungarian
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hungarian
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hungarian
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.hungarian
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.indonesian (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.indonesian
    ADD MAPPING FOR asciiword WITH memdb.indonesian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.indonesian
    ADD MAPPING FOR word WITH memdb.indonesian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.indonesian
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.indonesian
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.indonesian
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.indonesian
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.indonesian
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.indonesian
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.indonesian
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.indonesian
    ADD MAPPING FOR hword_part WITH memdb.indonesian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.indonesian
    ADD MAPPING FOR hword_asciipart WITH memdb.indonesian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.indonesian
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.indonesian
    ADD MAPPING FOR asciihword WITH memdb.indonesian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.indonesian
    ADD MAPPING FOR hword WITH memdb.indonesian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.indonesian
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.indonesian
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.indonesian
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.indonesian
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.indonesian
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.irish (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.irish
    ADD MAPPING FOR asciiword WITH memdb.irish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.irish
    ADD MAPPING FOR word WITH memdb.irish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.irish
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.irish
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.irish
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.irish
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.irish
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.irish
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.irish
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.irish
    ADD MAPPING FOR hword_part WITH memdb.irish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.irish
    ADD MAPPING FOR hword_asciipart WITH memdb.irish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.irish
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.irish
    ADD MAPPING FOR asciihword WITH memdb.irish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.irish
    ADD MAPPING FOR hword WITH memdb.irish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.irish
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.irish
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.irish
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.irish
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.irish
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.italian (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.italian
    ADD MAPPING FOR asciiword WITH memdb.italian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.italian
    ADD MAPPING FOR word WITH memdb.italian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.italian
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.italian
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.italian
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.italian
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.italian
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.italian
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.italian
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.italian
    ADD MAPPING FOR hword_part WITH memdb.italian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.italian
    ADD MAPPING FOR hword_asciipart WITH memdb.italian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.italian
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.italian
    ADD MAPPING FOR asciihword WITH memdb.italian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.italian
    ADD MAPPING FOR hword WITH memdb.italian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.italian
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.italian
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.italian
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.italian
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.italian
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.lithuanian (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.lithuanian
    ADD MAPPING FOR asciiword WITH memdb.lithuanian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.lithuanian
    ADD MAPPING FOR word WITH memdb.lithuanian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.lithuanian
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.lithuanian
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.lithuanian
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.lithuanian
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.lithuanian
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.lithuanian
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.lithuanian
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.lithuanian
    ADD MAPPING FOR hword_part WITH memdb.lithuanian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.lithuanian
    ADD MAPPING FOR hword_asciipart WITH memdb.lithuanian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.lithuanian
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.lithuanian
    ADD MAPPING FOR asciihword WITH memdb.lithuanian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.lithuanian
    ADD MAPPING FOR hword WITH memdb.lithuanian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.lithuanian
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.lithuanian
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.lithuanian
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.lithuanian
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.lithuanian
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.nepali (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.nepali
    ADD MAPPING FOR asciiword WITH memdb.nepali_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.nepali
    ADD MAPPING FOR word WITH memdb.nepali_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.nepali
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.nepali
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.nepali
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.nepali
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.nepali
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.nepali
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.nepali
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.nepali
    ADD MAPPING FOR hword_part WITH memdb.nepali_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.nepali
    ADD MAPPING FOR hword_asciipart WITH memdb.nepali_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.nepali
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.nepali
    ADD MAPPING FOR asciihword WITH memdb.nepali_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.nepali
    ADD MAPPING FOR hword WITH memdb.nepali_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.nepali
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.nepali
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.nepali
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.nepali
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.nepali
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.norwegian (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.norwegian
    ADD MAPPING FOR asciiword WITH memdb.norwegian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.norwegian
    ADD MAPPING FOR word WITH memdb.norwegian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.norwegian
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.norwegian
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.norwegian
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.norwegian
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.norwegian
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.norwegian
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.norwegian
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.norwegian
    ADD MAPPING FOR hword_part WITH memdb.norwegian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.norwegian
    ADD MAPPING FOR hword_asciipart WITH memdb.norwegian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.norwegian
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.norwegian
    ADD MAPPING FOR asciihword WITH memdb.norwegian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.norwegian
    ADD MAPPING FOR hword WITH memdb.norwegian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.norwegian
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.norwegian
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.norwegian
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.norwegian
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.norwegian
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.portuguese (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.portuguese
    ADD MAPPING FOR asciiword WITH memdb.portuguese_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.portuguese
    ADD MAPPING FOR word WITH memdb.portuguese_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.portuguese
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.portuguese
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.portuguese
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.portuguese
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.portuguese
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.portuguese
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.portuguese
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.portuguese
    ADD MAPPING FOR hword_part WITH memdb.portuguese_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.portuguese
    ADD MAPPING FOR hword_asciipart WITH memdb.portuguese_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.portuguese
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.portuguese
    ADD MAPPING FOR asciihword WITH memdb.portuguese_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.portuguese
    ADD MAPPING FOR hword WITH memdb.portuguese_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.portuguese
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.portuguese
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.portuguese
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.portuguese
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.portuguese
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.romanian (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.romanian
    ADD MAPPING FOR asciiword WITH memdb.romanian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.romanian
    ADD MAPPING FOR word WITH memdb.romanian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.romanian
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.romanian
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.romanian
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.romanian
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.romanian
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.romanian
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.romanian
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.romanian
    ADD MAPPING FOR hword_part WITH memdb.romanian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.romanian
    ADD MAPPING FOR hword_asciipart WITH memdb.romanian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.romanian
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.romanian
    ADD MAPPING FOR asciihword WITH memdb.romanian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.romanian
    ADD MAPPING FOR hword WITH memdb.romanian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.romanian
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.romanian
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.romanian
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.romanian
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.romanian
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.russian (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.russian
    ADD MAPPING FOR asciiword WITH memdb.english_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.russian
    ADD MAPPING FOR word WITH memdb.russian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.russian
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.russian
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.russian
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.russian
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.russian
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.russian
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.russian
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.russian
    ADD MAPPING FOR hword_part WITH memdb.russian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.russian
    ADD MAPPING FOR hword_asciipart WITH memdb.english_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.russian
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.russian
    ADD MAPPING FOR asciihword WITH memdb.english_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.russian
    ADD MAPPING FOR hword WITH memdb.russian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.russian
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.russian
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.russian
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.russian
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.russian
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.serbian (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.serbian
    ADD MAPPING FOR asciiword WITH memdb.serbian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.serbian
    ADD MAPPING FOR word WITH memdb.serbian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.serbian
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.serbian
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.serbian
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.serbian
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.serbian
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.serbian
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.serbian
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.serbian
    ADD MAPPING FOR hword_part WITH memdb.serbian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.serbian
    ADD MAPPING FOR hword_asciipart WITH memdb.serbian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.serbian
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.serbian
    ADD MAPPING FOR asciihword WITH memdb.serbian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.serbian
    ADD MAPPING FOR hword WITH memdb.serbian_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.serbian
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.serbian
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.serbian
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.serbian
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.serbian
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.simple (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.simple
    ADD MAPPING FOR asciiword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.simple
    ADD MAPPING FOR word WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.simple
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.simple
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.simple
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.simple
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.simple
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.simple
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.simple
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.simple
    ADD MAPPING FOR hword_part WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.simple
    ADD MAPPING FOR hword_asciipart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.simple
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.simple
    ADD MAPPING FOR asciihword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.simple
    ADD MAPPING FOR hword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.simple
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.simple
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.simple
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.simple
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.simple
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.spanish (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.spanish
    ADD MAPPING FOR asciiword WITH memdb.spanish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.spanish
    ADD MAPPING FOR word WITH memdb.spanish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.spanish
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.spanish
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.spanish
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.spanish
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.spanish
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.spanish
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.spanish
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.spanish
    ADD MAPPING FOR hword_part WITH memdb.spanish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.spanish
    ADD MAPPING FOR hword_asciipart WITH memdb.spanish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.spanish
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.spanish
    ADD MAPPING FOR asciihword WITH memdb.spanish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.spanish
    ADD MAPPING FOR hword WITH memdb.spanish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.spanish
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.spanish
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.spanish
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.spanish
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.spanish
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.swedish (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.swedish
    ADD MAPPING FOR asciiword WITH memdb.swedish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.swedish
    ADD MAPPING FOR word WITH memdb.swedish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.swedish
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.swedish
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.swedish
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.swedish
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.swedish
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.swedish
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.swedish
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.swedish
    ADD MAPPING FOR hword_part WITH memdb.swedish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.swedish
    ADD MAPPING FOR hword_asciipart WITH memdb.swedish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.swedish
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.swedish
    ADD MAPPING FOR asciihword WITH memdb.swedish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.swedish
    ADD MAPPING FOR hword WITH memdb.swedish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.swedish
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.swedish
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.swedish
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.swedish
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.swedish
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.tamil (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.tamil
    ADD MAPPING FOR asciiword WITH memdb.tamil_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.tamil
    ADD MAPPING FOR word WITH memdb.tamil_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.tamil
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.tamil
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.tamil
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.tamil
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.tamil
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.tamil
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.tamil
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.tamil
    ADD MAPPING FOR hword_part WITH memdb.tamil_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.tamil
    ADD MAPPING FOR hword_asciipart WITH memdb.tamil_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.tamil
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.tamil
    ADD MAPPING FOR asciihword WITH memdb.tamil_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.tamil
    ADD MAPPING FOR hword WITH memdb.tamil_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.tamil
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.tamil
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.tamil
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.tamil
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.tamil
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.turkish (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.turkish
    ADD MAPPING FOR asciiword WITH memdb.turkish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.turkish
    ADD MAPPING FOR word WITH memdb.turkish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.turkish
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.turkish
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.turkish
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.turkish
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.turkish
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.turkish
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.turkish
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.turkish
    ADD MAPPING FOR hword_part WITH memdb.turkish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.turkish
    ADD MAPPING FOR hword_asciipart WITH memdb.turkish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.turkish
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.turkish
    ADD MAPPING FOR asciihword WITH memdb.turkish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.turkish
    ADD MAPPING FOR hword WITH memdb.turkish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.turkish
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.turkish
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.turkish
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.turkish
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.turkish
    ADD MAPPING FOR uint WITH simple;

CREATE TEXT SEARCH CONFIGURATION memdb.yiddish (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION memdb.yiddish
    ADD MAPPING FOR asciiword WITH memdb.yiddish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.yiddish
    ADD MAPPING FOR word WITH memdb.yiddish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.yiddish
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.yiddish
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.yiddish
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.yiddish
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.yiddish
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.yiddish
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.yiddish
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.yiddish
    ADD MAPPING FOR hword_part WITH memdb.yiddish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.yiddish
    ADD MAPPING FOR hword_asciipart WITH memdb.yiddish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.yiddish
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.yiddish
    ADD MAPPING FOR asciihword WITH memdb.yiddish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.yiddish
    ADD MAPPING FOR hword WITH memdb.yiddish_stem;

ALTER TEXT SEARCH CONFIGURATION memdb.yiddish
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.yiddish
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.yiddish
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.yiddish
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION memdb.yiddish
    ADD MAPPING FOR uint WITH simple;

CREATE TABLE memdb.attributes (
    org_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    first_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    time_to_live interval,
    seen integer DEFAULT 0 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    status text DEFAULT 'proposed'::text NOT NULL,
    value_type text DEFAULT 'string'::text NOT NULL,
    conflict_policy text DEFAULT 'supersede'::text NOT NULL,
    key text NOT NULL,
    proposed_by text,
    reason text,
    example text,
    CONSTRAINT attributes_conflict_policy_known CHECK ((conflict_policy = ANY (ARRAY['supersede'::text, 'keep_both'::text, 'reject'::text, 'highest_confidence'::text]))),
    CONSTRAINT attributes_example_length CHECK (((char_length(example) >= 1) AND (char_length(example) <= 256))),
    CONSTRAINT attributes_key_form CHECK ((key ~ '^[a-z][a-z0-9_.]{0,63}$'::text)),
    CONSTRAINT attributes_proposed_by_length CHECK (((char_length(proposed_by) >= 1) AND (char_length(proposed_by) <= 200))),
    CONSTRAINT attributes_reason_length CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000))),
    CONSTRAINT attributes_status_known CHECK ((status = ANY (ARRAY['proposed'::text, 'accepted'::text, 'retired'::text]))),
    CONSTRAINT attributes_time_to_live_range CHECK (((time_to_live > '00:00:00'::interval) AND (time_to_live <= '100 years'::interval))),
    CONSTRAINT attributes_value_type_known CHECK ((value_type = ANY (ARRAY['string'::text, 'number'::text, 'boolean'::text, 'date'::text, 'json'::text])))
)
WITH (fillfactor='80');

ALTER TABLE ONLY memdb.attributes FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.audit_heads (
    org_id uuid NOT NULL,
    seq bigint DEFAULT 0 NOT NULL,
    digest bytea DEFAULT '\x'::bytea NOT NULL
);

ALTER TABLE ONLY memdb.audit_heads FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.checkpoints (
    org_id uuid NOT NULL,
    session_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    turn integer NOT NULL,
    input_tokens integer DEFAULT 0 NOT NULL,
    output_tokens integer DEFAULT 0 NOT NULL,
    latency_ms integer DEFAULT 0 NOT NULL,
    is_streaming boolean DEFAULT false NOT NULL,
    is_complete boolean DEFAULT true NOT NULL,
    request_id text,
    messages_hash text,
    completion_hash text,
    model text,
    provider text,
    provider_request_id text,
    state jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT checkpoints_completion_hash_format CHECK ((completion_hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT checkpoints_input_tokens_not_negative CHECK ((input_tokens >= 0)),
    CONSTRAINT checkpoints_latency_not_negative CHECK ((latency_ms >= 0)),
    CONSTRAINT checkpoints_messages_hash_format CHECK ((messages_hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT checkpoints_model_length CHECK (((char_length(model) >= 1) AND (char_length(model) <= 256))),
    CONSTRAINT checkpoints_output_tokens_not_negative CHECK ((output_tokens >= 0)),
    CONSTRAINT checkpoints_provider_length CHECK (((char_length(provider) >= 1) AND (char_length(provider) <= 256))),
    CONSTRAINT checkpoints_provider_request_id_length CHECK (((char_length(provider_request_id) >= 1) AND (char_length(provider_request_id) <= 200))),
    CONSTRAINT checkpoints_request_id_length CHECK (((char_length(request_id) >= 1) AND (char_length(request_id) <= 200))),
    CONSTRAINT checkpoints_state_object CHECK (((jsonb_typeof(state) = 'object'::text) AND (octet_length((state)::text) <= 65536))),
    CONSTRAINT checkpoints_turn_not_negative CHECK ((turn >= 0))
);

ALTER TABLE ONLY memdb.checkpoints FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.cluster_embeddings (
    org_id uuid NOT NULL,
    cluster_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    space smallint NOT NULL,
    embedding public.halfvec
)
PARTITION BY LIST (space);
ALTER TABLE ONLY memdb.cluster_embeddings ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.cluster_embeddings FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.cluster_embeddings_1 (
    org_id uuid CONSTRAINT cluster_embeddings_org_id_not_null NOT NULL,
    cluster_id uuid CONSTRAINT cluster_embeddings_cluster_id_not_null NOT NULL,
    agent_id uuid CONSTRAINT cluster_embeddings_agent_id_not_null NOT NULL,
    space smallint CONSTRAINT cluster_embeddings_space_not_null NOT NULL,
    embedding public.halfvec,
    CONSTRAINT cluster_embeddings_dimension CHECK ((public.vector_dims(embedding) = 384))
);
ALTER TABLE ONLY memdb.cluster_embeddings_1 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.cluster_embeddings_1 FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.cluster_facts (
    org_id uuid NOT NULL,
    fact_id uuid NOT NULL,
    cluster_id uuid NOT NULL,
    added_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY memdb.cluster_facts FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.clusters (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    agent_id uuid NOT NULL,
    merged_into uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    refreshed_at timestamp with time zone,
    importance double precision DEFAULT 0.5 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    type text DEFAULT 'auto'::text NOT NULL,
    label text NOT NULL,
    summary text,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT clusters_importance_range CHECK (((importance >= (0)::double precision) AND (importance <= (1)::double precision))),
    CONSTRAINT clusters_label_length CHECK ((((char_length(label) >= 1) AND (char_length(label) <= 128)) AND (label ~ '\S'::text))),
    CONSTRAINT clusters_merged_fits CHECK (((merged_into IS NULL) OR ((status = 'merged'::text) AND (merged_into <> id)))),
    CONSTRAINT clusters_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192))),
    CONSTRAINT clusters_status_known CHECK ((status = ANY (ARRAY['active'::text, 'merged'::text, 'retired'::text]))),
    CONSTRAINT clusters_summary_length CHECK (((char_length(summary) >= 1) AND (char_length(summary) <= 8192))),
    CONSTRAINT clusters_type_length CHECK (((char_length(type) >= 1) AND (char_length(type) <= 32)))
);

ALTER TABLE ONLY memdb.clusters FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.directive_versions (
    org_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    number integer NOT NULL,
    created_by text,
    content text NOT NULL,
    digest bytea GENERATED ALWAYS AS (memdb.text_digest(content)) STORED NOT NULL,
    CONSTRAINT directive_versions_content_length CHECK (((content ~ '\S'::text) AND (octet_length(content) <= 32768)))
);

ALTER TABLE ONLY memdb.directive_versions FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.directives (
    org_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    latest integer NOT NULL,
    active integer,
    injection_mode text NOT NULL,
    CONSTRAINT directives_injection_mode_known CHECK ((injection_mode = ANY (ARRAY['system_first'::text, 'system_append'::text, 'user_prepend'::text])))
);

ALTER TABLE ONLY memdb.directives FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.embedding_spaces (
    space smallint NOT NULL,
    dimension integer NOT NULL,
    model text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    current_since timestamp with time zone,
    CONSTRAINT embedding_spaces_dimension_range CHECK (((dimension >= 1) AND (dimension <= 4000))),
    CONSTRAINT embedding_spaces_model_length CHECK (((char_length(model) >= 1) AND (char_length(model) <= 256)))
);

CREATE TABLE memdb.entity_aliases (
    org_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    entity_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    key text NOT NULL,
    alias text NOT NULL,
    CONSTRAINT entity_aliases_alias_length CHECK (((char_length(alias) >= 1) AND (char_length(alias) <= 256))),
    CONSTRAINT entity_aliases_alias_not_empty CHECK ((alias ~ '\S'::text)),
    CONSTRAINT entity_aliases_key_length CHECK (((char_length(key) >= 1) AND (char_length(key) <= 400)))
);

ALTER TABLE ONLY memdb.entity_aliases FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.entity_embeddings (
    org_id uuid NOT NULL,
    entity_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    space smallint NOT NULL,
    embedding public.halfvec
)
PARTITION BY LIST (space);
ALTER TABLE ONLY memdb.entity_embeddings ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.entity_embeddings FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.entity_embeddings_1 (
    org_id uuid CONSTRAINT entity_embeddings_org_id_not_null NOT NULL,
    entity_id uuid CONSTRAINT entity_embeddings_entity_id_not_null NOT NULL,
    agent_id uuid CONSTRAINT entity_embeddings_agent_id_not_null NOT NULL,
    space smallint CONSTRAINT entity_embeddings_space_not_null NOT NULL,
    embedding public.halfvec,
    CONSTRAINT entity_embeddings_dimension CHECK ((public.vector_dims(embedding) = 384))
);
ALTER TABLE ONLY memdb.entity_embeddings_1 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.entity_embeddings_1 FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.entity_merge_parts (
    org_id uuid NOT NULL,
    merge_id uuid NOT NULL,
    part_id uuid NOT NULL,
    other_id uuid,
    kind text NOT NULL,
    key text DEFAULT ''::text NOT NULL,
    before jsonb,
    after jsonb,
    CONSTRAINT entity_merge_parts_kind_known CHECK ((kind = ANY (ARRAY['entity'::text, 'fact'::text, 'equal_fact'::text, 'confirmed_fact'::text, 'link'::text, 'shared_link'::text, 'alias'::text, 'added_alias'::text, 'evidence'::text, 'source'::text, 'target'::text, 'grown_edge'::text, 'set_aside_edge'::text])))
);

ALTER TABLE ONLY memdb.entity_merge_parts FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.erasures (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    user_id uuid,
    begun_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    erased_by text,
    rows jsonb DEFAULT '{}'::jsonb NOT NULL
);

ALTER TABLE ONLY memdb.erasures FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.event_embeddings (
    org_id uuid NOT NULL,
    event_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    space smallint NOT NULL,
    embedding public.halfvec
)
PARTITION BY LIST (space);
ALTER TABLE ONLY memdb.event_embeddings ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.event_embeddings FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.event_embeddings_1 (
    org_id uuid CONSTRAINT event_embeddings_org_id_not_null NOT NULL,
    event_id uuid CONSTRAINT event_embeddings_event_id_not_null NOT NULL,
    agent_id uuid CONSTRAINT event_embeddings_agent_id_not_null NOT NULL,
    space smallint CONSTRAINT event_embeddings_space_not_null NOT NULL,
    embedding public.halfvec,
    CONSTRAINT event_embeddings_dimension CHECK ((public.vector_dims(embedding) = 384))
);
ALTER TABLE ONLY memdb.event_embeddings_1 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.event_embeddings_1 FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.events (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    agent_id uuid NOT NULL,
    session_id uuid,
    user_id uuid,
    occurred_at timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    importance double precision DEFAULT 0.5 NOT NULL,
    emotion_intensity double precision,
    embedded boolean DEFAULT false NOT NULL,
    search tsvector GENERATED ALWAYS AS ((memdb.words(language, content) || memdb.words_of_day(language, occurred_at))) STORED NOT NULL,
    language text DEFAULT 'english'::text NOT NULL,
    source text DEFAULT 'api'::text NOT NULL,
    speaker text,
    emotion text,
    energy text,
    content text NOT NULL,
    trace jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT events_content_length CHECK ((char_length(content) <= 8192)),
    CONSTRAINT events_content_not_empty CHECK ((content ~ '\S'::text)),
    CONSTRAINT events_emotion_intensity_range CHECK (((emotion_intensity >= (0)::double precision) AND (emotion_intensity <= (1)::double precision))),
    CONSTRAINT events_emotion_length CHECK (((char_length(emotion) >= 1) AND (char_length(emotion) <= 32))),
    CONSTRAINT events_energy_length CHECK (((char_length(energy) >= 1) AND (char_length(energy) <= 16))),
    CONSTRAINT events_importance_range CHECK (((importance >= (0)::double precision) AND (importance <= (1)::double precision))),
    CONSTRAINT events_source_length CHECK (((char_length(source) >= 1) AND (char_length(source) <= 32))),
    CONSTRAINT events_speaker_length CHECK (((char_length(speaker) >= 1) AND (char_length(speaker) <= 128))),
    CONSTRAINT events_trace_object CHECK (((jsonb_typeof(trace) = 'object'::text) AND (octet_length((trace)::text) <= 65536)))
);
ALTER TABLE ONLY memdb.events ALTER COLUMN search SET STORAGE MAIN;

ALTER TABLE ONLY memdb.events FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.fact_embeddings (
    org_id uuid NOT NULL,
    fact_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    space smallint NOT NULL,
    embedding public.halfvec
)
PARTITION BY LIST (space);
ALTER TABLE ONLY memdb.fact_embeddings ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.fact_embeddings FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.fact_embeddings_1 (
    org_id uuid CONSTRAINT fact_embeddings_org_id_not_null NOT NULL,
    fact_id uuid CONSTRAINT fact_embeddings_fact_id_not_null NOT NULL,
    agent_id uuid CONSTRAINT fact_embeddings_agent_id_not_null NOT NULL,
    space smallint CONSTRAINT fact_embeddings_space_not_null NOT NULL,
    embedding public.halfvec,
    CONSTRAINT fact_embeddings_dimension CHECK ((public.vector_dims(embedding) = 384))
);
ALTER TABLE ONLY memdb.fact_embeddings_1 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.fact_embeddings_1 FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.fact_entities (
    org_id uuid NOT NULL,
    fact_id uuid NOT NULL,
    entity_id uuid NOT NULL
);

ALTER TABLE ONLY memdb.fact_entities FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.memory_embeddings (
    org_id uuid NOT NULL,
    memory_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    space smallint NOT NULL,
    embedding public.halfvec
)
PARTITION BY LIST (space);
ALTER TABLE ONLY memdb.memory_embeddings ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.memory_embeddings FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.memory_embeddings_1 (
    org_id uuid CONSTRAINT memory_embeddings_org_id_not_null NOT NULL,
    memory_id uuid CONSTRAINT memory_embeddings_memory_id_not_null NOT NULL,
    agent_id uuid CONSTRAINT memory_embeddings_agent_id_not_null NOT NULL,
    space smallint CONSTRAINT memory_embeddings_space_not_null NOT NULL,
    embedding public.halfvec,
    CONSTRAINT memory_embeddings_dimension CHECK ((public.vector_dims(embedding) = 384))
);
ALTER TABLE ONLY memdb.memory_embeddings_1 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.memory_embeddings_1 FORCE ROW LEVEL SECURITY;

CREATE VIEW memdb.indexed_embeddings WITH (security_invoker='true') AS
 SELECT org_id,
    memory_id,
    agent_id,
    (1)::smallint AS space,
    ((embedding)::public.halfvec(384))::public.halfvec AS embedding,
    ((public.binary_quantize(embedding))::bit(384))::"bit" AS bits
   FROM memdb.memory_embeddings_1 e;

CREATE TABLE memdb.insight_embeddings (
    org_id uuid NOT NULL,
    insight_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    space smallint NOT NULL,
    embedding public.halfvec
)
PARTITION BY LIST (space);
ALTER TABLE ONLY memdb.insight_embeddings ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.insight_embeddings FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.insight_embeddings_1 (
    org_id uuid CONSTRAINT insight_embeddings_org_id_not_null NOT NULL,
    insight_id uuid CONSTRAINT insight_embeddings_insight_id_not_null NOT NULL,
    agent_id uuid CONSTRAINT insight_embeddings_agent_id_not_null NOT NULL,
    space smallint CONSTRAINT insight_embeddings_space_not_null NOT NULL,
    embedding public.halfvec,
    CONSTRAINT insight_embeddings_dimension CHECK ((public.vector_dims(embedding) = 384))
);
ALTER TABLE ONLY memdb.insight_embeddings_1 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.insight_embeddings_1 FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.insight_events (
    org_id uuid NOT NULL,
    insight_id uuid NOT NULL,
    event_id uuid NOT NULL
);

ALTER TABLE ONLY memdb.insight_events FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.insight_facts (
    org_id uuid NOT NULL,
    insight_id uuid NOT NULL,
    fact_id uuid NOT NULL
);

ALTER TABLE ONLY memdb.insight_facts FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.insights (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    agent_id uuid NOT NULL,
    user_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    detected_at timestamp with time zone DEFAULT now() NOT NULL,
    reinforced_at timestamp with time zone DEFAULT now() NOT NULL,
    confidence double precision DEFAULT 0.7 NOT NULL,
    importance double precision DEFAULT 0.5 NOT NULL,
    reinforcements integer DEFAULT 1 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    embedded boolean DEFAULT false NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    search tsvector GENERATED ALWAYS AS (memdb.words(language, ((title || '
'::text) || content))) STORED NOT NULL,
    language text DEFAULT 'english'::text NOT NULL,
    type text NOT NULL,
    title text NOT NULL,
    content text NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT insights_confidence_range CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
    CONSTRAINT insights_content_length CHECK ((char_length(content) <= 8192)),
    CONSTRAINT insights_content_not_empty CHECK ((content ~ '\S'::text)),
    CONSTRAINT insights_importance_range CHECK (((importance >= (0)::double precision) AND (importance <= (1)::double precision))),
    CONSTRAINT insights_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192))),
    CONSTRAINT insights_reinforcements_positive CHECK ((reinforcements >= 1)),
    CONSTRAINT insights_status_known CHECK ((status = ANY (ARRAY['active'::text, 'retired'::text]))),
    CONSTRAINT insights_title_length CHECK ((((char_length(title) >= 1) AND (char_length(title) <= 256)) AND (title ~ '\S'::text))),
    CONSTRAINT insights_type_known CHECK ((type = ANY (ARRAY['insight'::text, 'pattern'::text, 'contradiction'::text, 'trend'::text, 'cross_entity_theme'::text, 'behavioral_preference'::text, 'community_theme'::text])))
);
ALTER TABLE ONLY memdb.insights ALTER COLUMN search SET STORAGE MAIN;

ALTER TABLE ONLY memdb.insights FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.intention_embeddings (
    org_id uuid NOT NULL,
    intention_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    space smallint NOT NULL,
    embedding public.halfvec
)
PARTITION BY LIST (space);
ALTER TABLE ONLY memdb.intention_embeddings ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.intention_embeddings FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.intention_embeddings_1 (
    org_id uuid CONSTRAINT intention_embeddings_org_id_not_null NOT NULL,
    intention_id uuid CONSTRAINT intention_embeddings_intention_id_not_null NOT NULL,
    agent_id uuid CONSTRAINT intention_embeddings_agent_id_not_null NOT NULL,
    space smallint CONSTRAINT intention_embeddings_space_not_null NOT NULL,
    embedding public.halfvec,
    CONSTRAINT intention_embeddings_dimension CHECK ((public.vector_dims(embedding) = 384))
);
ALTER TABLE ONLY memdb.intention_embeddings_1 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.intention_embeddings_1 FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.item_part_embeddings (
    org_id uuid NOT NULL,
    item_part_id uuid NOT NULL,
    item_id uuid NOT NULL,
    space smallint NOT NULL,
    embedding public.halfvec
)
PARTITION BY LIST (space);
ALTER TABLE ONLY memdb.item_part_embeddings ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.item_part_embeddings FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.item_part_embeddings_1 (
    org_id uuid CONSTRAINT item_part_embeddings_org_id_not_null NOT NULL,
    item_part_id uuid CONSTRAINT item_part_embeddings_item_part_id_not_null NOT NULL,
    item_id uuid CONSTRAINT item_part_embeddings_item_id_not_null NOT NULL,
    space smallint CONSTRAINT item_part_embeddings_space_not_null NOT NULL,
    embedding public.halfvec,
    CONSTRAINT item_part_embeddings_dimension CHECK ((public.vector_dims(embedding) = 384))
);
ALTER TABLE ONLY memdb.item_part_embeddings_1 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.item_part_embeddings_1 FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.item_parts (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    item_id uuid NOT NULL,
    search tsvector GENERATED ALWAYS AS (memdb.words(language, content)) STORED NOT NULL,
    language text DEFAULT 'english'::text NOT NULL,
    path text NOT NULL,
    content text NOT NULL,
    CONSTRAINT item_parts_content_length CHECK ((char_length(content) <= 100000)),
    CONSTRAINT item_parts_path_size CHECK ((octet_length(path) <= 1024))
);
ALTER TABLE ONLY memdb.item_parts ALTER COLUMN search SET STORAGE MAIN;

ALTER TABLE ONLY memdb.item_parts FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.users (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    email text NOT NULL,
    email_key text GENERATED ALWAYS AS (memdb.lowered(email)) STORED NOT NULL,
    name text,
    role text DEFAULT 'member'::text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    sso_provider text,
    sso_subject text,
    apart uuid,
    CONSTRAINT users_email_format CHECK (((email ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text) AND (char_length(email) <= 320))),
    CONSTRAINT users_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
    CONSTRAINT users_role_known CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text, 'viewer'::text]))),
    CONSTRAINT users_sso_complete CHECK (((sso_provider IS NULL) = (sso_subject IS NULL))),
    CONSTRAINT users_status_known CHECK ((status = ANY (ARRAY['active'::text, 'invited'::text, 'suspended'::text, 'deactivated'::text])))
);

ALTER TABLE ONLY memdb.users FORCE ROW LEVEL SECURITY;

CREATE VIEW memdb.kept_apart WITH (security_invoker='true') AS
 SELECT m.org_id,
    'memory'::text AS kind,
    m.id,
    o.id AS equals
   FROM (memdb.memories m
     JOIN memdb.memories o ON (((o.org_id = m.org_id) AND (o.content_hash = m.content_hash) AND (o.agent_id = m.agent_id) AND (NOT (o.user_id IS DISTINCT FROM m.user_id)) AND (o.apart IS NULL) AND (o.status = 'active'::text) AND (o.deleted_at IS NULL))))
  WHERE ((m.apart IS NOT NULL) AND (NOT m.kept) AND (m.status = 'active'::text) AND (m.deleted_at IS NULL))
UNION ALL
 SELECT f.org_id,
    'fact'::text AS kind,
    f.id,
    o.id AS equals
   FROM (memdb.facts f
     JOIN memdb.facts o ON (((o.org_id = f.org_id) AND (o.entity_id = f.entity_id) AND (NOT (o.attribute IS DISTINCT FROM f.attribute)) AND (o.same_key = f.same_key) AND (NOT (o.valid_until IS DISTINCT FROM f.valid_until)) AND (o.apart IS NULL) AND (o.status = 'active'::text) AND (o.deleted_at IS NULL))))
  WHERE ((f.apart IS NOT NULL) AND (f.status = 'active'::text) AND (f.deleted_at IS NULL))
UNION ALL
 SELECT t.org_id,
    'triple'::text AS kind,
    t.id,
    o.id AS equals
   FROM (memdb.triples t
     JOIN memdb.triples o ON (((o.org_id = t.org_id) AND (NOT (o.user_id IS DISTINCT FROM t.user_id)) AND (o.subject_key = t.subject_key) AND (o.predicate_key = t.predicate_key) AND (o.object_key = t.object_key) AND (o.apart IS NULL) AND (o.deleted_at IS NULL))))
  WHERE ((t.apart IS NOT NULL) AND (t.deleted_at IS NULL))
UNION ALL
 SELECT u.org_id,
    'user'::text AS kind,
    u.id,
    o.id AS equals
   FROM (memdb.users u
     JOIN memdb.users o ON (((o.org_id = u.org_id) AND (o.email_key = u.email_key) AND (o.apart IS NULL) AND (o.deleted_at IS NULL))))
  WHERE ((u.apart IS NOT NULL) AND (u.deleted_at IS NULL))
UNION ALL
 SELECT e.org_id,
    'entity'::text AS kind,
    e.id,
    o.id AS equals
   FROM (memdb.entities e
     JOIN memdb.entities o ON (((o.org_id = e.org_id) AND (o.agent_id = e.agent_id) AND (o.key = ((e.type || ':'::text) || memdb.entity_slug(e.slug))) AND (o.id <> e.id) AND (o.deleted_at IS NULL))))
  WHERE ((e.key <> ((e.type || ':'::text) || memdb.entity_slug(e.slug))) AND (e.deleted_at IS NULL));

CREATE TABLE memdb.messages (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    session_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    sent_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    "position" integer NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    tokens integer NOT NULL,
    asked_position integer,
    edit integer,
    embedded boolean DEFAULT false NOT NULL,
    role text NOT NULL,
    open_calls text[] DEFAULT '{}'::text[] NOT NULL,
    search tsvector GENERATED ALWAYS AS ((memdb.words(language, "left"(content, 32768)) || memdb.words_of_day(language, sent_at))) STORED NOT NULL,
    language text DEFAULT 'english'::text NOT NULL,
    name text,
    model text,
    tool_call_id text,
    content text NOT NULL,
    tool_calls jsonb DEFAULT '[]'::jsonb NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    parts text,
    calls text,
    CONSTRAINT messages_calls_of_assistant CHECK (((tool_calls = '[]'::jsonb) OR (role = 'assistant'::text))),
    CONSTRAINT messages_content_length CHECK ((char_length(content) <= 10000000)),
    CONSTRAINT messages_content_not_empty CHECK (((content ~ '\S'::text) OR (role = 'tool'::text) OR (tool_calls <> '[]'::jsonb) OR (COALESCE(memdb.parts_without_text(parts), 0) > 0))),
    CONSTRAINT messages_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192))),
    CONSTRAINT messages_model_length CHECK (((char_length(model) >= 1) AND (char_length(model) <= 256))),
    CONSTRAINT messages_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
    CONSTRAINT messages_parts_array CHECK (((parts IS JSON ARRAY) AND (octet_length(parts) <= 33554432))),
    CONSTRAINT messages_result_has_call CHECK (((role = 'tool'::text) = (asked_position IS NOT NULL))),
    CONSTRAINT messages_result_names_call CHECK (((role = 'tool'::text) = (tool_call_id IS NOT NULL))),
    CONSTRAINT messages_role_known CHECK ((role = ANY (ARRAY['system'::text, 'developer'::text, 'user'::text, 'assistant'::text, 'tool'::text]))),
    CONSTRAINT messages_tokens_range CHECK (((tokens >= 0) AND (tokens <= 10000000))),
    CONSTRAINT messages_tool_call_id_length CHECK (((char_length(tool_call_id) >= 1) AND (char_length(tool_call_id) <= 200))),
    CONSTRAINT messages_tool_calls_array CHECK (((jsonb_typeof(tool_calls) = 'array'::text) AND (octet_length((tool_calls)::text) <= 16777216) AND (calls IS JSON ARRAY) AND (octet_length(calls) <= 16777216)))
);
ALTER TABLE ONLY memdb.messages ALTER COLUMN search SET STORAGE MAIN;

ALTER TABLE ONLY memdb.messages FORCE ROW LEVEL SECURITY;

CREATE VIEW memdb.kept_messages WITH (security_invoker='true') AS
 SELECT m.org_id,
    m.id,
    m.session_id,
    m."position",
    m.role,
    m.content,
    m.name,
    m.tool_calls,
    m.open_calls,
    m.tool_call_id,
    m.asked_position,
    m.tokens,
    m.model,
    m.metadata,
    m.embedded,
    m.version,
    m.sent_at,
    m.created_at,
    m.updated_at,
    m.deleted_at,
    m.edit,
    m.parts,
    m.calls
   FROM memdb.messages m
UNION ALL
 SELECT a.org_id,
    a.id,
    a.session_id,
    a."position",
    a.role,
    a.content,
    a.name,
    a.tool_calls,
    a.open_calls,
    a.tool_call_id,
    a.asked_position,
    a.tokens,
    a.model,
    a.metadata,
    a.embedded,
    a.version,
    a.sent_at,
    a.created_at,
    a.updated_at,
    a.deleted_at,
    a.edit,
    a.parts,
    a.calls
   FROM memdb.archived_messages a;

CREATE TABLE memdb.legal_holds (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    user_id uuid,
    agent_id uuid,
    placed_at timestamp with time zone DEFAULT now() NOT NULL,
    released_at timestamp with time zone,
    name text NOT NULL,
    reason text,
    placed_by text,
    released_by text,
    release_reason text,
    CONSTRAINT legal_holds_name_length CHECK (((name ~ '\S'::text) AND (char_length(name) <= 200))),
    CONSTRAINT legal_holds_one_scope CHECK ((num_nonnulls(user_id, agent_id) <= 1)),
    CONSTRAINT legal_holds_reason_length CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000))),
    CONSTRAINT legal_holds_release_reason_length CHECK (((char_length(release_reason) >= 1) AND (char_length(release_reason) <= 2000)))
);

ALTER TABLE ONLY memdb.legal_holds FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.memory_escalations (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    memory_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    resolved_at timestamp with time zone,
    kind text NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    subject text,
    reason text,
    created_by text,
    resolved_by text,
    resolution text,
    CONSTRAINT memory_escalations_kind_known CHECK ((kind = ANY (ARRAY['contradiction'::text, 'duplicate'::text, 'update'::text, 'other'::text]))),
    CONSTRAINT memory_escalations_reason_length CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000))),
    CONSTRAINT memory_escalations_resolution_length CHECK (((char_length(resolution) >= 1) AND (char_length(resolution) <= 2000))),
    CONSTRAINT memory_escalations_resolved_or_pending CHECK (((status = 'pending'::text) = (resolved_at IS NULL))),
    CONSTRAINT memory_escalations_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'resolved'::text, 'dismissed'::text]))),
    CONSTRAINT memory_escalations_subject_length CHECK (((char_length(subject) >= 1) AND (char_length(subject) <= 200))),
    CONSTRAINT memory_escalations_two_memories CHECK ((memory_id <> candidate_id))
);

ALTER TABLE ONLY memdb.memory_escalations FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.memory_relations (
    org_id uuid NOT NULL,
    source_id uuid NOT NULL,
    target_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    confidence double precision NOT NULL,
    type text NOT NULL,
    created_by text,
    notes text,
    CONSTRAINT memory_relations_confidence_range CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
    CONSTRAINT memory_relations_no_loop CHECK ((source_id <> target_id)),
    CONSTRAINT memory_relations_notes_length CHECK (((char_length(notes) >= 1) AND (char_length(notes) <= 2000))),
    CONSTRAINT memory_relations_type_known CHECK ((type = ANY (ARRAY['supersedes'::text, 'contradicts'::text, 'specializes'::text, 'generalizes'::text, 'merged_from'::text, 'derived_from'::text])))
);

ALTER TABLE ONLY memdb.memory_relations FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.memory_tags (
    org_id uuid NOT NULL,
    memory_id uuid NOT NULL,
    tag text NOT NULL,
    CONSTRAINT memory_tags_tag_length CHECK (((char_length(tag) >= 1) AND (char_length(tag) <= 64)))
);

ALTER TABLE ONLY memdb.memory_tags FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.memory_usage (
    org_id uuid NOT NULL,
    memory_id uuid NOT NULL,
    last_retrieved_at timestamp with time zone,
    last_injected_at timestamp with time zone,
    retrievals integer DEFAULT 0 NOT NULL,
    injections integer DEFAULT 0 NOT NULL
)
WITH (fillfactor='40');

ALTER TABLE ONLY memdb.memory_usage FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.memory_votes (
    org_id uuid NOT NULL,
    memory_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    session_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    vote text NOT NULL,
    previous text,
    trace_id text,
    notes text,
    CONSTRAINT memory_votes_notes_length CHECK (((char_length(notes) >= 1) AND (char_length(notes) <= 2000))),
    CONSTRAINT memory_votes_trace_length CHECK (((char_length(trace_id) >= 1) AND (char_length(trace_id) <= 200))),
    CONSTRAINT memory_votes_vote_known CHECK ((vote = ANY (ARRAY['positive'::text, 'negative'::text, 'neutral'::text])))
);

ALTER TABLE ONLY memdb.memory_votes FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.message_embeddings (
    org_id uuid NOT NULL,
    message_id uuid NOT NULL,
    session_id uuid NOT NULL,
    space smallint NOT NULL,
    embedding public.halfvec
)
PARTITION BY LIST (space);
ALTER TABLE ONLY memdb.message_embeddings ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.message_embeddings FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.message_embeddings_1 (
    org_id uuid CONSTRAINT message_embeddings_org_id_not_null NOT NULL,
    message_id uuid CONSTRAINT message_embeddings_message_id_not_null NOT NULL,
    session_id uuid CONSTRAINT message_embeddings_session_id_not_null NOT NULL,
    space smallint CONSTRAINT message_embeddings_space_not_null NOT NULL,
    embedding public.halfvec,
    CONSTRAINT message_embeddings_dimension CHECK ((public.vector_dims(embedding) = 384))
);
ALTER TABLE ONLY memdb.message_embeddings_1 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.message_embeddings_1 FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.observation_embeddings (
    org_id uuid NOT NULL,
    observation_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    space smallint NOT NULL,
    embedding public.halfvec
)
PARTITION BY LIST (space);
ALTER TABLE ONLY memdb.observation_embeddings ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.observation_embeddings FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.observation_embeddings_1 (
    org_id uuid CONSTRAINT observation_embeddings_org_id_not_null NOT NULL,
    observation_id uuid CONSTRAINT observation_embeddings_observation_id_not_null NOT NULL,
    agent_id uuid CONSTRAINT observation_embeddings_agent_id_not_null NOT NULL,
    space smallint CONSTRAINT observation_embeddings_space_not_null NOT NULL,
    embedding public.halfvec,
    CONSTRAINT observation_embeddings_dimension CHECK ((public.vector_dims(embedding) = 384))
);
ALTER TABLE ONLY memdb.observation_embeddings_1 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.observation_embeddings_1 FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.profile_versions (
    org_id uuid NOT NULL,
    user_id uuid NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer NOT NULL,
    operation text NOT NULL,
    changed_by text,
    document jsonb NOT NULL,
    CONSTRAINT profile_versions_operation_known CHECK ((operation = ANY (ARRAY['put'::text, 'patch'::text, 'revert'::text, 'delete'::text, 'restore'::text])))
);

ALTER TABLE ONLY memdb.profile_versions FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.profiles (
    org_id uuid NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    document jsonb NOT NULL,
    CONSTRAINT profiles_document_object CHECK (((jsonb_typeof(document) = 'object'::text) AND (octet_length((document)::text) <= 65536)))
);

ALTER TABLE ONLY memdb.profiles FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.prompt_versions (
    org_id uuid NOT NULL,
    role_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    number integer NOT NULL,
    created_by text,
    content text NOT NULL,
    digest bytea GENERATED ALWAYS AS (memdb.text_digest(content)) STORED NOT NULL,
    CONSTRAINT prompt_versions_content_length CHECK (((content ~ '\S'::text) AND (octet_length(content) <= 65536)))
);

ALTER TABLE ONLY memdb.prompt_versions FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.prompts (
    org_id uuid NOT NULL,
    role_id uuid NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    latest integer NOT NULL,
    active integer
);

ALTER TABLE ONLY memdb.prompts FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.quota_slots (
    org_id uuid NOT NULL,
    period date NOT NULL,
    slot smallint NOT NULL,
    kind text NOT NULL,
    free bigint NOT NULL,
    CONSTRAINT quota_slots_kind_known CHECK ((kind = ANY (ARRAY['memories'::text, 'agents'::text, 'monthly_tokens'::text]))),
    CONSTRAINT quota_slots_slot_range CHECK (((slot >= 0) AND (slot <= 15)))
)
WITH (fillfactor='50');

ALTER TABLE ONLY memdb.quota_slots FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.role_abilities (
    org_id uuid NOT NULL,
    role_id uuid NOT NULL,
    ability text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT role_abilities_ability_length CHECK (((ability ~ '\S'::text) AND (char_length(ability) <= 128)))
);

ALTER TABLE ONLY memdb.role_abilities FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.roles (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    name text NOT NULL,
    status text DEFAULT 'enabled'::text NOT NULL,
    description text,
    default_model text,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT roles_default_model_length CHECK (((char_length(default_model) >= 1) AND (char_length(default_model) <= 256))),
    CONSTRAINT roles_description_length CHECK (((char_length(description) >= 1) AND (char_length(description) <= 512))),
    CONSTRAINT roles_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192))),
    CONSTRAINT roles_name_length CHECK (((name ~ '\S'::text) AND (char_length(name) <= 128))),
    CONSTRAINT roles_status_known CHECK ((status = ANY (ARRAY['enabled'::text, 'disabled'::text])))
);

ALTER TABLE ONLY memdb.roles FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.session_events (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    session_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    number integer NOT NULL,
    kind text NOT NULL,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT session_events_data_object CHECK (((jsonb_typeof(data) = 'object'::text) AND (octet_length((data)::text) <= 65536))),
    CONSTRAINT session_events_kind_length CHECK (((char_length(kind) >= 1) AND (char_length(kind) <= 64))),
    CONSTRAINT session_events_number_positive CHECK ((number > 0))
);

ALTER TABLE ONLY memdb.session_events FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.session_observations (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    agent_id uuid NOT NULL,
    session_id uuid,
    user_id uuid,
    merged_into uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    observed_at timestamp with time zone DEFAULT now() NOT NULL,
    referenced_at timestamp with time zone,
    emotion_intensity double precision,
    version integer DEFAULT 1 NOT NULL,
    embedded boolean DEFAULT false NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    search tsvector GENERATED ALWAYS AS ((memdb.words(language, content) || memdb.words_of_day(language, observed_at))) STORED NOT NULL,
    language text DEFAULT 'english'::text NOT NULL,
    topic text,
    relative_offset text,
    emotion text,
    content text NOT NULL,
    entities text[] DEFAULT '{}'::text[] NOT NULL,
    message_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT session_observations_content_length CHECK ((char_length(content) <= 8192)),
    CONSTRAINT session_observations_content_not_empty CHECK ((content ~ '\S'::text)),
    CONSTRAINT session_observations_emotion_intensity_range CHECK (((emotion_intensity >= (0)::double precision) AND (emotion_intensity <= (1)::double precision))),
    CONSTRAINT session_observations_emotion_length CHECK (((char_length(emotion) >= 1) AND (char_length(emotion) <= 32))),
    CONSTRAINT session_observations_entities_fit CHECK (((entities = '{}'::text[]) OR memdb.entities_fit(entities))),
    CONSTRAINT session_observations_merged_fits CHECK (((merged_into IS NULL) OR ((status = 'merged'::text) AND (merged_into <> id)))),
    CONSTRAINT session_observations_message_ids_count CHECK (((cardinality(message_ids) <= 100) AND (array_position(message_ids, NULL::uuid) IS NULL))),
    CONSTRAINT session_observations_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192))),
    CONSTRAINT session_observations_relative_offset_length CHECK (((char_length(relative_offset) >= 1) AND (char_length(relative_offset) <= 64))),
    CONSTRAINT session_observations_status_known CHECK ((status = ANY (ARRAY['active'::text, 'merged'::text, 'dismissed'::text]))),
    CONSTRAINT session_observations_topic_length CHECK (((char_length(topic) >= 1) AND (char_length(topic) <= 64)))
);
ALTER TABLE ONLY memdb.session_observations ALTER COLUMN search SET STORAGE MAIN;

ALTER TABLE ONLY memdb.session_observations FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.session_summaries (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    session_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    first_position integer NOT NULL,
    last_position integer NOT NULL,
    edits integer NOT NULL,
    tokens integer NOT NULL,
    strategy text NOT NULL,
    strategy_version text,
    model text,
    content text,
    structured jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT session_summaries_content_length CHECK (((content ~ '\S'::text) AND (char_length(content) <= 100000))),
    CONSTRAINT session_summaries_model_length CHECK (((char_length(model) >= 1) AND (char_length(model) <= 256))),
    CONSTRAINT session_summaries_range_order CHECK (((first_position >= 1) AND (first_position <= last_position))),
    CONSTRAINT session_summaries_says_something CHECK (((content IS NOT NULL) OR (structured <> '{}'::jsonb))),
    CONSTRAINT session_summaries_strategy_length CHECK (((char_length(strategy) >= 1) AND (char_length(strategy) <= 64))),
    CONSTRAINT session_summaries_strategy_version_length CHECK (((char_length(strategy_version) >= 1) AND (char_length(strategy_version) <= 32))),
    CONSTRAINT session_summaries_structured_object CHECK (((jsonb_typeof(structured) = 'object'::text) AND (octet_length((structured)::text) <= 65536))),
    CONSTRAINT session_summaries_tokens_range CHECK (((tokens >= 0) AND (tokens <= 10000000)))
);

ALTER TABLE ONLY memdb.session_summaries FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.sessions (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    agent_id uuid NOT NULL,
    user_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    active_at timestamp with time zone DEFAULT now() NOT NULL,
    closed_at timestamp with time zone,
    archived_at timestamp with time zone,
    deleted_at timestamp with time zone,
    tokens bigint DEFAULT 0 NOT NULL,
    input_tokens bigint DEFAULT 0 NOT NULL,
    output_tokens bigint DEFAULT 0 NOT NULL,
    latency_ms bigint DEFAULT 0 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    messages integer DEFAULT 0 NOT NULL,
    rounds integer DEFAULT 0 NOT NULL,
    last_position integer DEFAULT 0 NOT NULL,
    last_event integer DEFAULT 0 NOT NULL,
    extracted_position integer DEFAULT 0 NOT NULL,
    edits integer DEFAULT 0 NOT NULL,
    directive_number integer,
    status text DEFAULT 'active'::text NOT NULL,
    closed_as text,
    external_id text,
    title text,
    model text,
    provider text,
    archived_to text,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    moving text,
    seal uuid,
    CONSTRAINT sessions_archived_to_length CHECK (((char_length(archived_to) >= 1) AND (char_length(archived_to) <= 2000))),
    CONSTRAINT sessions_closed_as_known CHECK ((closed_as = ANY (ARRAY['completed'::text, 'abandoned'::text, 'error'::text]))),
    CONSTRAINT sessions_closed_complete CHECK ((((closed_at IS NULL) = (closed_as IS NULL)) AND ((archived_at IS NULL) = (status <> ALL (ARRAY['cold_archived'::text, 'deep_archived'::text]))))),
    CONSTRAINT sessions_external_id_length CHECK (((char_length(external_id) >= 1) AND (char_length(external_id) <= 256))),
    CONSTRAINT sessions_extraction_within CHECK (((extracted_position >= 0) AND (extracted_position <= last_position))),
    CONSTRAINT sessions_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192))),
    CONSTRAINT sessions_model_length CHECK (((char_length(model) >= 1) AND (char_length(model) <= 256))),
    CONSTRAINT sessions_moving_known CHECK ((moving = ANY (ARRAY['out'::text, 'in'::text, 'away'::text, 'back'::text]))),
    CONSTRAINT sessions_provider_length CHECK (((char_length(provider) >= 1) AND (char_length(provider) <= 256))),
    CONSTRAINT sessions_status_known CHECK ((status = ANY (ARRAY['active'::text, 'completed'::text, 'abandoned'::text, 'error'::text, 'cold_archived'::text, 'deep_archived'::text]))),
    CONSTRAINT sessions_title_length CHECK (((char_length(title) >= 1) AND (char_length(title) <= 512)))
)
WITH (fillfactor='70');

ALTER TABLE ONLY memdb.sessions FORCE ROW LEVEL SECURITY;

CREATE SEQUENCE memdb.space_numbers
    AS smallint
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE VIEW memdb.tenant_tables AS
 SELECT c.oid AS id,
    concat(((NULLIF(n.nspname, 'memdb'::name))::text || '.'::text), c.relname) AS name,
    format('%I.%I'::text, n.nspname, c.relname) AS relation,
    (n.nspname = 'memdb'::name) AS is_ours,
    o.attname AS owner,
    k.names AS key,
    k.text AS key_text,
    k.given AS given_keys,
    ARRAY( SELECT a.attname
           FROM (unnest(COALESCE(("substring"(obj_description(p.oid, 'pg_policy'::name), 'ended by (\{.*\})'::text))::name[], ARRAY['deleted_at'::name])) WITH ORDINALITY e(name, place)
             JOIN pg_attribute a ON (((a.attrelid = c.oid) AND (a.attname = e.name) AND (NOT a.attisdropped))))
          ORDER BY e.place) AS ended_by,
    (EXISTS ( SELECT
           FROM pg_attribute a
          WHERE ((a.attrelid = c.oid) AND (a.attname = 'deleted_at'::name) AND (NOT a.attisdropped)))) AS has_deleted_at,
    ARRAY( SELECT a.attname
           FROM (pg_attribute a
             LEFT JOIN pg_constraint f ON (((f.conrelid = c.oid) AND (f.contype = 'f'::"char") AND (f.confrelid = (to_regclass('memdb.users'::text))::oid) AND (f.conkey @> ARRAY[a.attnum]) AND (a.attnum <> o.attnum))))
          WHERE ((a.attrelid = c.oid) AND (a.atttypid = ('uuid'::regtype)::oid) AND ((a.attname = 'user_id'::name) OR ((f.oid IS NOT NULL) AND (a.attnotnull OR (f.confdeltype = 'c'::"char")))))
          ORDER BY a.attnum) AS user_columns,
    ARRAY( SELECT a.attname
           FROM (pg_attribute a
             LEFT JOIN pg_constraint f ON (((f.conrelid = c.oid) AND (f.contype = 'f'::"char") AND (f.confrelid = (to_regclass('memdb.agents'::text))::oid) AND (f.conkey @> ARRAY[a.attnum]) AND (a.attnum <> o.attnum))))
          WHERE ((a.attrelid = c.oid) AND (a.atttypid = ('uuid'::regtype)::oid) AND ((a.attname = 'agent_id'::name) OR ((f.oid IS NOT NULL) AND a.attnotnull)))
          ORDER BY a.attnum) AS agent_columns,
    (EXISTS ( SELECT
           FROM pg_constraint f
          WHERE ((f.conrelid = c.oid) AND (f.contype = 'f'::"char") AND (f.confrelid = (to_regclass('memdb.users'::text))::oid) AND (f.confdeltype = 'c'::"char")))) AS hangs_on_users,
    (has_table_privilege(memdb.database_role('admin'::name), c.oid, 'SELECT'::text) AND (NOT has_table_privilege(memdb.database_role('admin'::name), c.oid, 'DELETE'::text))) AS is_kept
   FROM (((((pg_policy p
     JOIN pg_class c ON ((c.oid = p.polrelid)))
     JOIN pg_namespace n ON ((n.oid = c.relnamespace)))
     JOIN pg_depend d ON (((d.classid = ('pg_policy'::regclass)::oid) AND (d.objid = p.oid) AND (d.refclassid = ('pg_class'::regclass)::oid) AND (d.refobjid = c.oid) AND (d.refobjsubid > 0))))
     JOIN pg_attribute o ON (((o.attrelid = c.oid) AND (o.attnum = d.refobjsubid))))
     CROSS JOIN LATERAL ( SELECT array_agg(a.attname ORDER BY u.place) AS names,
            format('to_json(ARRAY[%s])::text'::text, string_agg(format('t.%I::text'::text, a.attname), ', '::text ORDER BY u.place)) AS text,
            format('SELECT %s FROM unnest($2::text[]::jsonb[]) AS g (key)'::text, string_agg(format('(g.key ->> %s)::%s AS %I'::text, (u.place - 1), format_type(a.atttypid, a.atttypmod), a.attname), ', '::text ORDER BY u.place)) AS given
           FROM ((pg_constraint q
             CROSS JOIN LATERAL ( SELECT n_1.number,
                    row_number() OVER (ORDER BY n_1.place) AS place
                   FROM unnest(q.conkey) WITH ORDINALITY n_1(number, place)
                  WHERE ((n_1.number <> o.attnum) OR (cardinality(q.conkey) = 1))) u)
             JOIN pg_attribute a ON (((a.attrelid = c.oid) AND (a.attnum = u.number))))
          WHERE ((q.conrelid = c.oid) AND (q.contype = 'p'::"char"))) k)
  WHERE ((p.polname = 'tenant'::name) AND c.relforcerowsecurity AND (c.relkind = ANY (ARRAY['r'::"char", 'p'::"char"])) AND (NOT c.relispartition) AND (pg_get_expr(p.polqual, p.polrelid) ~~ '%memdb.org_id%'::text));

CREATE VIEW memdb.tenant_references AS
 WITH tables AS MATERIALIZED (
         SELECT t.id,
            t.name,
            t.relation,
            t.is_ours,
            t.owner,
            t.key,
            t.key_text,
            t.given_keys,
            t.ended_by,
            t.has_deleted_at,
            t.user_columns,
            t.agent_columns,
            t.hangs_on_users,
            t.is_kept
           FROM memdb.tenant_tables t
        )
 SELECT name,
    child,
    parent,
    columns,
    parent_columns,
    clearable,
    is_deferrable,
    fate,
    ((fate <> 'loose'::text) AND (child <> parent) AND ((parent <> (to_regclass('memdb.users'::text))::oid) OR (columns <@ user_columns)) AND (parent <> (to_regclass('memdb.organizations'::text))::oid)) AS spreads
   FROM ( SELECT f.conname AS name,
            f.conrelid AS child,
            f.confrelid AS parent,
            f.condeferrable AS is_deferrable,
            child.user_columns,
            c.columns,
            c.parent_columns,
            c.clearable,
                CASE
                    WHEN (f.confdeltype = 'c'::"char") THEN 'part'::text
                    WHEN (f.confdeltype = 'r'::"char") THEN 'keeper'::text
                    WHEN (f.confdeltype = ANY (ARRAY['n'::"char", 'd'::"char"])) THEN 'loose'::text
                    WHEN (c.clearable = '{}'::name[]) THEN 'content'::text
                    ELSE 'link'::text
                END AS fate
           FROM (((pg_constraint f
             JOIN tables child ON ((child.id = f.conrelid)))
             JOIN tables parent ON ((parent.id = f.confrelid)))
             CROSS JOIN LATERAL ( SELECT COALESCE(array_agg(a.attname ORDER BY k.place), '{}'::name[]) AS columns,
                    COALESCE(array_agg(b.attname ORDER BY k.place), '{}'::name[]) AS parent_columns,
                    COALESCE(array_agg(a.attname ORDER BY k.place) FILTER (WHERE (NOT a.attnotnull)), '{}'::name[]) AS clearable
                   FROM ((UNNEST(f.conkey, f.confkey) WITH ORDINALITY k(number, parent_number, place)
                     JOIN pg_attribute a ON (((a.attrelid = f.conrelid) AND (a.attnum = k.number))))
                     JOIN pg_attribute b ON (((b.attrelid = f.confrelid) AND (b.attnum = k.parent_number))))
                  WHERE ((a.attname <> child.owner) OR (b.attname <> parent.owner))) c)
          WHERE ((f.contype = 'f'::"char") AND (f.conparentid = (0)::oid))) r;

CREATE TABLE memdb.thread_checkpoints (
    org_id uuid NOT NULL,
    thread_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    namespace text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    parent_id text COLLATE pg_catalog."C",
    root_id text COLLATE pg_catalog."C",
    run_id text COLLATE pg_catalog."C",
    needs text DEFAULT 'nothing'::text NOT NULL,
    versions jsonb DEFAULT '{}'::jsonb NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    plain jsonb DEFAULT '{}'::jsonb NOT NULL,
    state jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT thread_checkpoints_id_size CHECK (((octet_length(id) >= 1) AND (octet_length(id) <= 256))),
    CONSTRAINT thread_checkpoints_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 1048576))),
    CONSTRAINT thread_checkpoints_namespace_size CHECK ((octet_length(namespace) <= 1024)),
    CONSTRAINT thread_checkpoints_needs_known CHECK ((needs = ANY (ARRAY['nothing'::text, 'parent'::text, 'ancestors'::text]))),
    CONSTRAINT thread_checkpoints_parent_id_size CHECK (((octet_length(parent_id) >= 1) AND (octet_length(parent_id) <= 256))),
    CONSTRAINT thread_checkpoints_plain_object CHECK (((jsonb_typeof(plain) = 'object'::text) AND (octet_length((plain)::text) <= 16777216))),
    CONSTRAINT thread_checkpoints_root_id_size CHECK (((octet_length(root_id) >= 1) AND (octet_length(root_id) <= 256))),
    CONSTRAINT thread_checkpoints_run_id_size CHECK ((octet_length(run_id) <= 256)),
    CONSTRAINT thread_checkpoints_state_object CHECK (((jsonb_typeof(state) = 'object'::text) AND (octet_length((state)::text) <= 16777216))),
    CONSTRAINT thread_checkpoints_versions_object CHECK (((jsonb_typeof(versions) = 'object'::text) AND (octet_length((versions)::text) <= 1048576)))
);

ALTER TABLE ONLY memdb.thread_checkpoints FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.thread_values (
    org_id uuid NOT NULL,
    thread_id uuid NOT NULL,
    namespace text NOT NULL COLLATE pg_catalog."C",
    channel text NOT NULL COLLATE pg_catalog."C",
    version text NOT NULL COLLATE pg_catalog."C",
    type text NOT NULL,
    data bytea NOT NULL,
    CONSTRAINT thread_values_channel_size CHECK ((octet_length(channel) <= 512)),
    CONSTRAINT thread_values_data_size CHECK ((octet_length(data) <= 268435456)),
    CONSTRAINT thread_values_namespace_size CHECK ((octet_length(namespace) <= 1024)),
    CONSTRAINT thread_values_type_size CHECK ((octet_length(type) <= 256)),
    CONSTRAINT thread_values_version_size CHECK ((octet_length(version) <= 256))
);

ALTER TABLE ONLY memdb.thread_values FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.thread_writes (
    org_id uuid NOT NULL,
    thread_id uuid NOT NULL,
    "position" integer NOT NULL,
    namespace text NOT NULL COLLATE pg_catalog."C",
    checkpoint_id text NOT NULL COLLATE pg_catalog."C",
    task_id text NOT NULL COLLATE pg_catalog."C",
    task_path text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    channel text NOT NULL COLLATE pg_catalog."C",
    type text NOT NULL,
    data bytea NOT NULL,
    CONSTRAINT thread_writes_channel_size CHECK ((octet_length(channel) <= 512)),
    CONSTRAINT thread_writes_checkpoint_id_size CHECK (((octet_length(checkpoint_id) >= 1) AND (octet_length(checkpoint_id) <= 256))),
    CONSTRAINT thread_writes_data_size CHECK ((octet_length(data) <= 268435456)),
    CONSTRAINT thread_writes_namespace_size CHECK ((octet_length(namespace) <= 1024)),
    CONSTRAINT thread_writes_task_id_size CHECK ((octet_length(task_id) <= 256)),
    CONSTRAINT thread_writes_task_path_size CHECK ((octet_length(task_path) <= 8192)),
    CONSTRAINT thread_writes_type_size CHECK ((octet_length(type) <= 256))
);

ALTER TABLE ONLY memdb.thread_writes FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.threads (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    agent_id uuid,
    user_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    external_id text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT threads_external_id_size CHECK ((octet_length(external_id) <= 1024))
);

ALTER TABLE ONLY memdb.threads FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.token_spending (
    org_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    month date NOT NULL,
    slot smallint NOT NULL,
    last_at timestamp with time zone DEFAULT now() NOT NULL,
    input_tokens bigint NOT NULL,
    output_tokens bigint NOT NULL,
    CONSTRAINT token_spending_tokens_not_negative CHECK (((input_tokens >= 0) AND (output_tokens >= 0)))
)
WITH (fillfactor='50');

ALTER TABLE ONLY memdb.token_spending FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.token_uses (
    org_id uuid NOT NULL,
    token_id uuid NOT NULL,
    last_used_at timestamp with time zone,
    last_used_ip inet
)
WITH (fillfactor='50');

ALTER TABLE ONLY memdb.token_uses FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.tokens (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    user_id uuid,
    agent_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    permissions bigint DEFAULT 0 NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    description text,
    prefix text NOT NULL,
    hash bytea NOT NULL,
    created_by text,
    revoked_by text,
    revoke_reason text,
    allowed_networks cidr[] DEFAULT '{}'::cidr[] NOT NULL,
    CONSTRAINT tokens_description_length CHECK (((char_length(description) >= 1) AND (char_length(description) <= 2000))),
    CONSTRAINT tokens_expiry_after_creation CHECK ((expires_at > created_at)),
    CONSTRAINT tokens_kind_known CHECK ((kind = ANY (ARRAY['personal'::text, 'organization'::text, 'service'::text, 'marketplace'::text]))),
    CONSTRAINT tokens_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
    CONSTRAINT tokens_networks_count CHECK ((cardinality(allowed_networks) <= 50)),
    CONSTRAINT tokens_personal_has_user CHECK (((kind <> 'personal'::text) OR (user_id IS NOT NULL))),
    CONSTRAINT tokens_revoke_reason_length CHECK (((char_length(revoke_reason) >= 1) AND (char_length(revoke_reason) <= 2000)))
);

ALTER TABLE ONLY memdb.tokens FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.transcript_entries (
    org_id uuid NOT NULL,
    transcript_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    "position" integer NOT NULL,
    run_start integer NOT NULL,
    run_after integer NOT NULL,
    id text COLLATE pg_catalog."C",
    data text NOT NULL,
    CONSTRAINT transcript_entries_data_size CHECK ((octet_length(data) <= 268435456)),
    CONSTRAINT transcript_entries_id_size CHECK (((octet_length(id) >= 1) AND (octet_length(id) <= 256))),
    CONSTRAINT transcript_entries_run_fits CHECK ((((run_start >= 1) AND (run_start <= "position")) AND ((run_after >= 0) AND (run_after <= (run_start - 1)))))
);

ALTER TABLE ONLY memdb.transcript_entries FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.transcripts (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    agent_id uuid,
    user_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    length integer DEFAULT 0 NOT NULL,
    last_position integer DEFAULT 0 NOT NULL,
    head integer DEFAULT 0 NOT NULL,
    run_start integer DEFAULT 1 NOT NULL,
    run_after integer DEFAULT 0 NOT NULL,
    namespace text NOT NULL COLLATE pg_catalog."C",
    external_id text NOT NULL COLLATE pg_catalog."C",
    scope text COLLATE pg_catalog."C",
    head_id text COLLATE pg_catalog."C",
    branches text[] DEFAULT '{}'::text[] NOT NULL,
    revision text NOT NULL COLLATE pg_catalog."C",
    state text,
    CONSTRAINT transcripts_branches_count CHECK ((cardinality(branches) <= 10000)),
    CONSTRAINT transcripts_external_id_size CHECK ((octet_length(external_id) <= 1024)),
    CONSTRAINT transcripts_length_fits CHECK ((((length >= 0) AND (length <= head)) AND (head <= last_position) AND ((length > 0) OR (head = 0)))),
    CONSTRAINT transcripts_namespace_size CHECK ((octet_length(namespace) <= 512)),
    CONSTRAINT transcripts_revision_size CHECK (((octet_length(revision) >= 1) AND (octet_length(revision) <= 256))),
    CONSTRAINT transcripts_run_fits CHECK ((((run_start >= 1) AND (run_start <= (head + 1))) AND ((run_after >= 0) AND (run_after <= (run_start - 1))))),
    CONSTRAINT transcripts_scope_size CHECK ((octet_length(scope) <= 512)),
    CONSTRAINT transcripts_state_size CHECK ((octet_length(state) <= 16777216))
)
WITH (fillfactor='80');

ALTER TABLE ONLY memdb.transcripts FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.triple_embeddings (
    org_id uuid NOT NULL,
    triple_id uuid NOT NULL,
    space smallint NOT NULL,
    embedding public.halfvec
)
PARTITION BY LIST (space);
ALTER TABLE ONLY memdb.triple_embeddings ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.triple_embeddings FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.triple_embeddings_1 (
    org_id uuid CONSTRAINT triple_embeddings_org_id_not_null NOT NULL,
    triple_id uuid CONSTRAINT triple_embeddings_triple_id_not_null NOT NULL,
    space smallint CONSTRAINT triple_embeddings_space_not_null NOT NULL,
    embedding public.halfvec,
    CONSTRAINT triple_embeddings_dimension CHECK ((public.vector_dims(embedding) = 384))
);
ALTER TABLE ONLY memdb.triple_embeddings_1 ALTER COLUMN embedding SET STORAGE PLAIN;

ALTER TABLE ONLY memdb.triple_embeddings_1 FORCE ROW LEVEL SECURITY;

CREATE VIEW memdb.word_tables AS
 SELECT (c.oid)::regclass AS things
   FROM ((pg_class c
     JOIN pg_attribute l ON (((l.attrelid = c.oid) AND (l.attname = 'language'::name))))
     JOIN pg_attribute w ON (((w.attrelid = c.oid) AND (w.attname = 'search'::name) AND (w.attgenerated <> ''::"char"))))
  WHERE (c.relnamespace = ('memdb'::regnamespace)::oid);

CREATE VIEW memdb.writable_organizations WITH (security_invoker='true') AS
 SELECT id AS org_id,
    memory_quota,
    agent_quota,
    monthly_token_quota
   FROM memdb.organizations o
  WHERE
        CASE
            WHEN (deleted_at IS NOT NULL) THEN memdb.refuse_write('organization'::text, 'deleted'::text)
            WHEN (status = ANY (ARRAY['suspended'::text, 'cancelled'::text])) THEN memdb.refuse_write('organization'::text, status)
            ELSE true
        END;

ALTER TABLE ONLY memdb.cluster_embeddings ATTACH PARTITION memdb.cluster_embeddings_1 FOR VALUES IN ('1');

ALTER TABLE ONLY memdb.entity_embeddings ATTACH PARTITION memdb.entity_embeddings_1 FOR VALUES IN ('1');

ALTER TABLE ONLY memdb.event_embeddings ATTACH PARTITION memdb.event_embeddings_1 FOR VALUES IN ('1');

ALTER TABLE ONLY memdb.fact_embeddings ATTACH PARTITION memdb.fact_embeddings_1 FOR VALUES IN ('1');

ALTER TABLE ONLY memdb.insight_embeddings ATTACH PARTITION memdb.insight_embeddings_1 FOR VALUES IN ('1');

ALTER TABLE ONLY memdb.intention_embeddings ATTACH PARTITION memdb.intention_embeddings_1 FOR VALUES IN ('1');

ALTER TABLE ONLY memdb.item_part_embeddings ATTACH PARTITION memdb.item_part_embeddings_1 FOR VALUES IN ('1');

ALTER TABLE ONLY memdb.memory_embeddings ATTACH PARTITION memdb.memory_embeddings_1 FOR VALUES IN ('1');

ALTER TABLE ONLY memdb.message_embeddings ATTACH PARTITION memdb.message_embeddings_1 FOR VALUES IN ('1');

ALTER TABLE ONLY memdb.observation_embeddings ATTACH PARTITION memdb.observation_embeddings_1 FOR VALUES IN ('1');

ALTER TABLE ONLY memdb.triple_embeddings ATTACH PARTITION memdb.triple_embeddings_1 FOR VALUES IN ('1');

ALTER TABLE ONLY memdb.agents
    ADD CONSTRAINT agents_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.archived_messages
    ADD CONSTRAINT archived_messages_pkey PRIMARY KEY (org_id, session_id, "position");

ALTER TABLE ONLY memdb.attributes
    ADD CONSTRAINT attributes_pkey PRIMARY KEY (org_id, key);

ALTER TABLE ONLY memdb.audit_heads
    ADD CONSTRAINT audit_heads_pkey PRIMARY KEY (org_id);

ALTER TABLE ONLY memdb.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.checkpoints
    ADD CONSTRAINT checkpoints_pkey PRIMARY KEY (org_id, session_id, turn);

ALTER TABLE ONLY memdb.cluster_embeddings
    ADD CONSTRAINT cluster_embeddings_pkey PRIMARY KEY (org_id, cluster_id, space);

ALTER TABLE ONLY memdb.cluster_embeddings_1
    ADD CONSTRAINT cluster_embeddings_1_pkey PRIMARY KEY (org_id, cluster_id, space);

ALTER TABLE ONLY memdb.cluster_facts
    ADD CONSTRAINT cluster_facts_pkey PRIMARY KEY (org_id, fact_id);

ALTER TABLE ONLY memdb.clusters
    ADD CONSTRAINT clusters_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.directive_versions
    ADD CONSTRAINT directive_versions_pkey PRIMARY KEY (org_id, agent_id, number);

ALTER TABLE ONLY memdb.directives
    ADD CONSTRAINT directives_pkey PRIMARY KEY (org_id, agent_id);

ALTER TABLE ONLY memdb.edges
    ADD CONSTRAINT edges_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.edges
    ADD CONSTRAINT edges_unique UNIQUE (org_id, source_id, target_id, type);

ALTER TABLE ONLY memdb.embedding_spaces
    ADD CONSTRAINT embedding_spaces_pkey PRIMARY KEY (space);

ALTER TABLE ONLY memdb.entities
    ADD CONSTRAINT entities_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.entity_aliases
    ADD CONSTRAINT entity_aliases_pkey PRIMARY KEY (org_id, agent_id, key);

ALTER TABLE ONLY memdb.entity_embeddings
    ADD CONSTRAINT entity_embeddings_pkey PRIMARY KEY (org_id, entity_id, space);

ALTER TABLE ONLY memdb.entity_embeddings_1
    ADD CONSTRAINT entity_embeddings_1_pkey PRIMARY KEY (org_id, entity_id, space);

ALTER TABLE ONLY memdb.entity_merge_parts
    ADD CONSTRAINT entity_merge_parts_pkey PRIMARY KEY (org_id, merge_id, kind, part_id, key);

ALTER TABLE ONLY memdb.entity_merges
    ADD CONSTRAINT entity_merges_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.erasures
    ADD CONSTRAINT erasures_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.event_embeddings
    ADD CONSTRAINT event_embeddings_pkey PRIMARY KEY (org_id, event_id, space);

ALTER TABLE ONLY memdb.event_embeddings_1
    ADD CONSTRAINT event_embeddings_1_pkey PRIMARY KEY (org_id, event_id, space);

ALTER TABLE ONLY memdb.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.fact_embeddings
    ADD CONSTRAINT fact_embeddings_pkey PRIMARY KEY (org_id, fact_id, space);

ALTER TABLE ONLY memdb.fact_embeddings_1
    ADD CONSTRAINT fact_embeddings_1_pkey PRIMARY KEY (org_id, fact_id, space);

ALTER TABLE ONLY memdb.fact_entities
    ADD CONSTRAINT fact_entities_pkey PRIMARY KEY (org_id, fact_id, entity_id);

ALTER TABLE ONLY memdb.facts
    ADD CONSTRAINT facts_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.insight_embeddings
    ADD CONSTRAINT insight_embeddings_pkey PRIMARY KEY (org_id, insight_id, space);

ALTER TABLE ONLY memdb.insight_embeddings_1
    ADD CONSTRAINT insight_embeddings_1_pkey PRIMARY KEY (org_id, insight_id, space);

ALTER TABLE ONLY memdb.insight_events
    ADD CONSTRAINT insight_events_pkey PRIMARY KEY (org_id, insight_id, event_id);

ALTER TABLE ONLY memdb.insight_facts
    ADD CONSTRAINT insight_facts_pkey PRIMARY KEY (org_id, insight_id, fact_id);

ALTER TABLE ONLY memdb.insights
    ADD CONSTRAINT insights_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.intention_embeddings
    ADD CONSTRAINT intention_embeddings_pkey PRIMARY KEY (org_id, intention_id, space);

ALTER TABLE ONLY memdb.intention_embeddings_1
    ADD CONSTRAINT intention_embeddings_1_pkey PRIMARY KEY (org_id, intention_id, space);

ALTER TABLE ONLY memdb.intentions
    ADD CONSTRAINT intentions_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.item_part_embeddings
    ADD CONSTRAINT item_part_embeddings_pkey PRIMARY KEY (org_id, item_part_id, space);

ALTER TABLE ONLY memdb.item_part_embeddings_1
    ADD CONSTRAINT item_part_embeddings_1_pkey PRIMARY KEY (org_id, item_part_id, space);

ALTER TABLE ONLY memdb.item_parts
    ADD CONSTRAINT item_parts_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.items
    ADD CONSTRAINT items_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.legal_holds
    ADD CONSTRAINT legal_holds_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.memories
    ADD CONSTRAINT memories_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.memory_embeddings
    ADD CONSTRAINT memory_embeddings_pkey PRIMARY KEY (org_id, memory_id, space);

ALTER TABLE ONLY memdb.memory_embeddings_1
    ADD CONSTRAINT memory_embeddings_1_pkey PRIMARY KEY (org_id, memory_id, space);

ALTER TABLE ONLY memdb.memory_escalations
    ADD CONSTRAINT memory_escalations_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.memory_relations
    ADD CONSTRAINT memory_relations_pkey PRIMARY KEY (org_id, source_id, type, target_id);

ALTER TABLE ONLY memdb.memory_tags
    ADD CONSTRAINT memory_tags_pkey PRIMARY KEY (org_id, memory_id, tag);

ALTER TABLE ONLY memdb.memory_usage
    ADD CONSTRAINT memory_usage_pkey PRIMARY KEY (org_id, memory_id);

ALTER TABLE ONLY memdb.memory_versions
    ADD CONSTRAINT memory_versions_pkey PRIMARY KEY (org_id, memory_id, version);

ALTER TABLE ONLY memdb.memory_votes
    ADD CONSTRAINT memory_votes_pkey PRIMARY KEY (org_id, memory_id, agent_id);

ALTER TABLE ONLY memdb.message_embeddings
    ADD CONSTRAINT message_embeddings_pkey PRIMARY KEY (org_id, message_id, space);

ALTER TABLE ONLY memdb.message_embeddings_1
    ADD CONSTRAINT message_embeddings_1_pkey PRIMARY KEY (org_id, message_id, space);

ALTER TABLE ONLY memdb.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.observation_embeddings
    ADD CONSTRAINT observation_embeddings_pkey PRIMARY KEY (org_id, observation_id, space);

ALTER TABLE ONLY memdb.observation_embeddings_1
    ADD CONSTRAINT observation_embeddings_1_pkey PRIMARY KEY (org_id, observation_id, space);

ALTER TABLE ONLY memdb.organizations
    ADD CONSTRAINT organizations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY memdb.profile_versions
    ADD CONSTRAINT profile_versions_pkey PRIMARY KEY (org_id, user_id, version);

ALTER TABLE ONLY memdb.profiles
    ADD CONSTRAINT profiles_pkey PRIMARY KEY (org_id, user_id);

ALTER TABLE ONLY memdb.prompt_versions
    ADD CONSTRAINT prompt_versions_pkey PRIMARY KEY (org_id, role_id, number);

ALTER TABLE ONLY memdb.prompts
    ADD CONSTRAINT prompts_pkey PRIMARY KEY (org_id, role_id);

ALTER TABLE ONLY memdb.quota_slots
    ADD CONSTRAINT quota_slots_pkey PRIMARY KEY (org_id, kind, period, slot);

ALTER TABLE ONLY memdb.role_abilities
    ADD CONSTRAINT role_abilities_pkey PRIMARY KEY (org_id, role_id, ability);

ALTER TABLE ONLY memdb.roles
    ADD CONSTRAINT roles_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.session_events
    ADD CONSTRAINT session_events_pkey PRIMARY KEY (org_id, session_id, number);

ALTER TABLE ONLY memdb.session_observations
    ADD CONSTRAINT session_observations_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.session_summaries
    ADD CONSTRAINT session_summaries_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.thread_checkpoints
    ADD CONSTRAINT thread_checkpoints_pkey PRIMARY KEY (org_id, thread_id, namespace, id);

ALTER TABLE ONLY memdb.thread_values
    ADD CONSTRAINT thread_values_pkey PRIMARY KEY (org_id, thread_id, namespace, channel, version);

ALTER TABLE ONLY memdb.thread_writes
    ADD CONSTRAINT thread_writes_pkey PRIMARY KEY (org_id, thread_id, namespace, checkpoint_id, task_id, "position");

ALTER TABLE ONLY memdb.threads
    ADD CONSTRAINT threads_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.token_spending
    ADD CONSTRAINT token_spending_pkey PRIMARY KEY (org_id, agent_id, month, slot);

ALTER TABLE ONLY memdb.token_uses
    ADD CONSTRAINT token_uses_pkey PRIMARY KEY (org_id, token_id);

ALTER TABLE ONLY memdb.tokens
    ADD CONSTRAINT tokens_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.transcript_entries
    ADD CONSTRAINT transcript_entries_pkey PRIMARY KEY (org_id, transcript_id, "position");

ALTER TABLE ONLY memdb.transcripts
    ADD CONSTRAINT transcripts_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.triple_embeddings
    ADD CONSTRAINT triple_embeddings_pkey PRIMARY KEY (org_id, triple_id, space);

ALTER TABLE ONLY memdb.triple_embeddings_1
    ADD CONSTRAINT triple_embeddings_1_pkey PRIMARY KEY (org_id, triple_id, space);

ALTER TABLE ONLY memdb.triples
    ADD CONSTRAINT triples_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (org_id, id);

CREATE INDEX agents_created_by ON memdb.agents USING btree (org_id, created_by) WHERE (created_by IS NOT NULL);

CREATE UNIQUE INDEX agents_slug_unique ON memdb.agents USING btree (org_id, slug) WHERE (deleted_at IS NULL);

CREATE INDEX archived_messages_edited ON memdb.archived_messages USING btree (org_id, session_id, edit) WHERE (edit IS NOT NULL);

CREATE UNIQUE INDEX archived_messages_id_unique ON memdb.archived_messages USING btree (org_id, id);

CREATE UNIQUE INDEX audit_log_chain ON memdb.audit_log USING btree (org_id, seq) WHERE (seq IS NOT NULL);

CREATE INDEX audit_log_of_resource ON memdb.audit_log USING btree (org_id, resource_type, resource_id, id);

CREATE INDEX audit_log_unsealed ON memdb.audit_log USING btree (org_id, id) WHERE (seq IS NULL);

CREATE INDEX cluster_embeddings_of_agent ON ONLY memdb.cluster_embeddings USING btree (org_id, agent_id, cluster_id);

CREATE INDEX cluster_embeddings_1_org_id_agent_id_cluster_id_idx ON memdb.cluster_embeddings_1 USING btree (org_id, agent_id, cluster_id);

CREATE INDEX cluster_facts_of_cluster ON memdb.cluster_facts USING btree (org_id, cluster_id, fact_id);

CREATE INDEX clusters_active ON memdb.clusters USING btree (org_id, agent_id, id) WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX clusters_by_refreshing ON memdb.clusters USING btree (org_id, COALESCE(refreshed_at, '-infinity'::timestamp with time zone), id) WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX clusters_deleted ON memdb.clusters USING btree (org_id, COALESCE(deleted_at, '-infinity'::timestamp with time zone)) WHERE (COALESCE(deleted_at, '-infinity'::timestamp with time zone) > '-infinity'::timestamp with time zone);

CREATE INDEX clusters_merged_into ON memdb.clusters USING btree (org_id, merged_into) WHERE (merged_into IS NOT NULL);

CREATE INDEX clusters_of_agent ON memdb.clusters USING btree (org_id, agent_id, id) WHERE (deleted_at IS NULL);

CREATE INDEX edges_from ON memdb.edges USING btree (org_id, source_id, id);

CREATE INDEX edges_of_agent ON memdb.edges USING btree (org_id, agent_id, id);

CREATE INDEX edges_of_fact ON memdb.edges USING btree (org_id, fact_id) WHERE (fact_id IS NOT NULL);

CREATE INDEX edges_to ON memdb.edges USING btree (org_id, target_id, id);

CREATE UNIQUE INDEX embedding_spaces_model_unique ON memdb.embedding_spaces USING btree (model);

CREATE INDEX entities_by_importance ON memdb.entities USING btree (org_id, agent_id, importance, id) WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX entities_deleted ON memdb.entities USING btree (org_id, COALESCE(deleted_at, '-infinity'::timestamp with time zone)) WHERE (COALESCE(deleted_at, '-infinity'::timestamp with time zone) > '-infinity'::timestamp with time zone);

CREATE UNIQUE INDEX entities_key_unique ON memdb.entities USING btree (org_id, agent_id, key) WHERE (deleted_at IS NULL);

CREATE INDEX entities_merged_into ON memdb.entities USING btree (org_id, merged_into) WHERE (merged_into IS NOT NULL);

CREATE INDEX entities_of_agent ON memdb.entities USING btree (org_id, agent_id, last_seen_at, id) WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX entities_of_slug ON memdb.entities USING btree (org_id, agent_id, slug) WHERE (deleted_at IS NULL);

CREATE INDEX entities_unembedded ON memdb.entities USING btree (org_id, id) WHERE ((NOT embedded) AND (status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX entity_aliases_of_entity ON memdb.entity_aliases USING btree (org_id, entity_id, key);

CREATE INDEX entity_embeddings_of_agent ON ONLY memdb.entity_embeddings USING btree (org_id, agent_id, entity_id);

CREATE INDEX entity_embeddings_1_org_id_agent_id_entity_id_idx ON memdb.entity_embeddings_1 USING btree (org_id, agent_id, entity_id);

CREATE INDEX entity_merges_of_agent ON memdb.entity_merges USING btree (org_id, agent_id, id);

CREATE INDEX entity_merges_of_merged ON memdb.entity_merges USING btree (org_id, merged_id, id);

CREATE INDEX entity_merges_of_target ON memdb.entity_merges USING btree (org_id, into_id, id);

CREATE UNIQUE INDEX erasures_one_under_way ON memdb.erasures USING btree (org_id, user_id) NULLS NOT DISTINCT WHERE (finished_at IS NULL);

CREATE INDEX event_embeddings_of_agent ON ONLY memdb.event_embeddings USING btree (org_id, agent_id, event_id);

CREATE INDEX event_embeddings_1_org_id_agent_id_event_id_idx ON memdb.event_embeddings_1 USING btree (org_id, agent_id, event_id);

CREATE INDEX events_of_agent ON memdb.events USING btree (org_id, agent_id, occurred_at, id);

CREATE INDEX events_of_session ON memdb.events USING btree (org_id, session_id, occurred_at, id) WHERE (session_id IS NOT NULL);

CREATE INDEX events_of_user ON memdb.events USING btree (org_id, user_id, occurred_at, id) WHERE (user_id IS NOT NULL);

CREATE INDEX events_unembedded ON memdb.events USING btree (org_id, id) WHERE (NOT embedded);

CREATE INDEX fact_embeddings_of_agent ON ONLY memdb.fact_embeddings USING btree (org_id, agent_id, fact_id);

CREATE INDEX fact_embeddings_1_org_id_agent_id_fact_id_idx ON memdb.fact_embeddings_1 USING btree (org_id, agent_id, fact_id);

CREATE INDEX fact_entities_of_entity ON memdb.fact_entities USING btree (org_id, entity_id, fact_id);

CREATE INDEX facts_active ON memdb.facts USING btree (org_id, agent_id, id) WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX facts_apart ON memdb.facts USING btree (org_id, id) WHERE (apart IS NOT NULL);

CREATE INDEX facts_deleted ON memdb.facts USING btree (org_id, COALESCE(deleted_at, '-infinity'::timestamp with time zone)) WHERE (COALESCE(deleted_at, '-infinity'::timestamp with time zone) > '-infinity'::timestamp with time zone);

CREATE INDEX facts_expiring ON memdb.facts USING btree (org_id, expires_at) WHERE ((expires_at IS NOT NULL) AND (status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX facts_of_agent ON memdb.facts USING btree (org_id, agent_id, id) WHERE (deleted_at IS NULL);

CREATE INDEX facts_of_attribute ON memdb.facts USING btree (org_id, agent_id, attribute, id) WHERE ((attribute IS NOT NULL) AND (deleted_at IS NULL));

CREATE INDEX facts_of_entity ON memdb.facts USING btree (org_id, entity_id, status, attribute, same_key);

CREATE INDEX facts_of_event ON memdb.facts USING btree (org_id, event_id) WHERE (event_id IS NOT NULL);

CREATE INDEX facts_of_session ON memdb.facts USING btree (org_id, session_id, id) WHERE (session_id IS NOT NULL);

CREATE INDEX facts_of_user ON memdb.facts USING btree (org_id, user_id, id) WHERE (user_id IS NOT NULL);

CREATE INDEX facts_past ON memdb.facts USING btree (org_id, entity_id, attribute, valid_until) WHERE ((status = 'superseded'::text) AND (attribute IS NOT NULL) AND (deleted_at IS NULL));

CREATE UNIQUE INDEX facts_same_unique ON memdb.facts USING btree (org_id, entity_id, attribute, same_key, valid_until, apart) NULLS NOT DISTINCT WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX facts_superseded_by ON memdb.facts USING btree (org_id, superseded_by) WHERE (superseded_by IS NOT NULL);

CREATE INDEX facts_unembedded ON memdb.facts USING btree (org_id, id) WHERE ((NOT embedded) AND (status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX insight_embeddings_of_agent ON ONLY memdb.insight_embeddings USING btree (org_id, agent_id, insight_id);

CREATE INDEX insight_embeddings_1_org_id_agent_id_insight_id_idx ON memdb.insight_embeddings_1 USING btree (org_id, agent_id, insight_id);

CREATE INDEX insight_events_of_event ON memdb.insight_events USING btree (org_id, event_id, insight_id);

CREATE INDEX insight_facts_of_fact ON memdb.insight_facts USING btree (org_id, fact_id, insight_id);

CREATE INDEX insights_active ON memdb.insights USING btree (org_id, agent_id, id) WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX insights_deleted ON memdb.insights USING btree (org_id, COALESCE(deleted_at, '-infinity'::timestamp with time zone)) WHERE (COALESCE(deleted_at, '-infinity'::timestamp with time zone) > '-infinity'::timestamp with time zone);

CREATE INDEX insights_of_agent ON memdb.insights USING btree (org_id, agent_id, id) WHERE (deleted_at IS NULL);

CREATE INDEX insights_of_user ON memdb.insights USING btree (org_id, user_id, id) WHERE (user_id IS NOT NULL);

CREATE INDEX insights_unembedded ON memdb.insights USING btree (org_id, id) WHERE ((NOT embedded) AND (status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX intention_embeddings_of_agent ON ONLY memdb.intention_embeddings USING btree (org_id, agent_id, intention_id);

CREATE INDEX intention_embeddings_1_org_id_agent_id_intention_id_idx ON memdb.intention_embeddings_1 USING btree (org_id, agent_id, intention_id);

CREATE INDEX intentions_claimable ON memdb.intentions USING btree (org_id, due_at, id) WHERE ((status = 'pending'::text) AND (due_at IS NOT NULL) AND (deleted_at IS NULL));

CREATE INDEX intentions_deleted ON memdb.intentions USING btree (org_id, COALESCE(deleted_at, '-infinity'::timestamp with time zone)) WHERE (COALESCE(deleted_at, '-infinity'::timestamp with time zone) > '-infinity'::timestamp with time zone);

CREATE INDEX intentions_due ON memdb.intentions USING btree (org_id, due_at, id) WHERE ((status = ANY (ARRAY['pending'::text, 'triggered'::text])) AND (due_at IS NOT NULL) AND (deleted_at IS NULL));

CREATE INDEX intentions_due_of_agent ON memdb.intentions USING btree (org_id, agent_id, due_at, id) WHERE ((status = ANY (ARRAY['pending'::text, 'triggered'::text])) AND (due_at IS NOT NULL) AND (deleted_at IS NULL));

CREATE INDEX intentions_of_agent ON memdb.intentions USING btree (org_id, agent_id, id) WHERE (deleted_at IS NULL);

CREATE INDEX intentions_of_session ON memdb.intentions USING btree (org_id, session_id, id) WHERE (session_id IS NOT NULL);

CREATE INDEX intentions_of_user ON memdb.intentions USING btree (org_id, user_id, id) WHERE (user_id IS NOT NULL);

CREATE INDEX intentions_open ON memdb.intentions USING btree (org_id, agent_id, id) WHERE ((status = ANY (ARRAY['pending'::text, 'triggered'::text])) AND (deleted_at IS NULL));

CREATE INDEX intentions_unembedded ON memdb.intentions USING btree (org_id, id) WHERE ((NOT embedded) AND (condition IS NOT NULL) AND (status = ANY (ARRAY['pending'::text, 'triggered'::text])) AND (deleted_at IS NULL));

CREATE INDEX item_part_embeddings_of_item ON ONLY memdb.item_part_embeddings USING btree (org_id, item_id);

CREATE INDEX item_part_embeddings_1_org_id_item_id_idx ON memdb.item_part_embeddings_1 USING btree (org_id, item_id);

CREATE INDEX item_parts_of_item ON memdb.item_parts USING btree (org_id, item_id);

CREATE INDEX items_by_update ON memdb.items USING btree (org_id, updated_at);

CREATE INDEX items_expiring ON memdb.items USING btree (org_id, expires_at) WHERE (expires_at IS NOT NULL);

CREATE UNIQUE INDEX items_key_unique ON memdb.items USING btree (org_id, path, key);

CREATE INDEX items_of_agent ON memdb.items USING btree (org_id, agent_id) WHERE (agent_id IS NOT NULL);

CREATE INDEX items_of_namespace ON memdb.items USING btree (org_id, path, updated_at, id) WHERE (updated_at > '-infinity'::timestamp with time zone);

CREATE INDEX items_of_user ON memdb.items USING btree (org_id, user_id) WHERE (user_id IS NOT NULL);

CREATE UNIQUE INDEX legal_holds_name_unique ON memdb.legal_holds USING btree (org_id, name) WHERE (released_at IS NULL);

CREATE INDEX memories_apart ON memdb.memories USING btree (org_id, id) WHERE (apart IS NOT NULL);

CREATE UNIQUE INDEX memories_content_unique ON memdb.memories USING btree (org_id, content_hash, agent_id, user_id, apart) NULLS NOT DISTINCT WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX memories_ended ON memdb.memories USING btree (org_id, COALESCE(deleted_at, expires_at)) WHERE (COALESCE(deleted_at, expires_at) IS NOT NULL);

CREATE UNIQUE INDEX memories_external_id_unique ON memdb.memories USING btree (org_id, external_id, agent_id) WHERE (external_id IS NOT NULL);

CREATE INDEX memories_hot ON memdb.memories USING btree (org_id, agent_id, usefulness DESC, id DESC) WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX memories_merged_into ON memdb.memories USING btree (org_id, merged_into) WHERE (merged_into IS NOT NULL);

CREATE INDEX memories_of_agent ON memdb.memories USING btree (org_id, agent_id, id) WHERE (deleted_at IS NULL);

CREATE INDEX memories_of_session ON memdb.memories USING btree (org_id, session_id, id) WHERE ((session_id IS NOT NULL) AND (deleted_at IS NULL));

CREATE INDEX memories_of_user ON memdb.memories USING btree (org_id, user_id, id) WHERE (user_id IS NOT NULL);

CREATE INDEX memories_superseded_by ON memdb.memories USING btree (org_id, superseded_by) WHERE (superseded_by IS NOT NULL);

CREATE INDEX memories_unembedded ON memdb.memories USING btree (org_id, id) WHERE ((NOT embedded) AND (deleted_at IS NULL));

CREATE INDEX memory_embeddings_of_agent ON ONLY memdb.memory_embeddings USING btree (org_id, agent_id, memory_id);

CREATE INDEX memory_embeddings_1_org_id_agent_id_memory_id_idx ON memdb.memory_embeddings_1 USING btree (org_id, agent_id, memory_id);

CREATE INDEX memory_escalations_of_candidate ON memdb.memory_escalations USING btree (org_id, candidate_id);

CREATE INDEX memory_escalations_of_memory ON memdb.memory_escalations USING btree (org_id, memory_id);

CREATE UNIQUE INDEX memory_escalations_pair_unique ON memdb.memory_escalations USING btree (org_id, LEAST(memory_id, candidate_id), GREATEST(memory_id, candidate_id)) WHERE (status = 'pending'::text);

CREATE INDEX memory_escalations_pending ON memdb.memory_escalations USING btree (org_id, id) WHERE (status = 'pending'::text);

CREATE INDEX memory_relations_to ON memdb.memory_relations USING btree (org_id, target_id, type, source_id);

CREATE INDEX memory_tags_by_tag ON memdb.memory_tags USING btree (org_id, tag, memory_id);

CREATE INDEX message_embeddings_of_session ON ONLY memdb.message_embeddings USING btree (org_id, session_id, message_id);

CREATE INDEX message_embeddings_1_org_id_session_id_message_id_idx ON memdb.message_embeddings_1 USING btree (org_id, session_id, message_id);

CREATE INDEX messages_edited ON memdb.messages USING btree (org_id, session_id, edit) WHERE (edit IS NOT NULL);

CREATE UNIQUE INDEX messages_in_order ON memdb.messages USING btree (org_id, session_id, "position");

CREATE INDEX messages_of_instructions ON memdb.messages USING btree (org_id, session_id, "position") WHERE ((role = ANY (ARRAY['system'::text, 'developer'::text])) AND (deleted_at IS NULL));

CREATE INDEX messages_with_open_calls ON memdb.messages USING btree (org_id, session_id, "position") WHERE ((open_calls <> '{}'::text[]) AND (deleted_at IS NULL));

CREATE INDEX observation_embeddings_of_agent ON ONLY memdb.observation_embeddings USING btree (org_id, agent_id, observation_id);

CREATE INDEX observation_embeddings_1_org_id_agent_id_observation_id_idx ON memdb.observation_embeddings_1 USING btree (org_id, agent_id, observation_id);

CREATE UNIQUE INDEX organizations_slug_unique ON memdb.organizations USING btree (slug) WHERE (deleted_at IS NULL);

CREATE INDEX profiles_deleted ON memdb.profiles USING btree (org_id, COALESCE(deleted_at, '-infinity'::timestamp with time zone)) WHERE (COALESCE(deleted_at, '-infinity'::timestamp with time zone) > '-infinity'::timestamp with time zone);

CREATE INDEX role_abilities_by_ability ON memdb.role_abilities USING btree (org_id, ability, role_id);

CREATE UNIQUE INDEX roles_name_unique ON memdb.roles USING btree (org_id, name) WHERE (deleted_at IS NULL);

CREATE UNIQUE INDEX session_events_id_unique ON memdb.session_events USING btree (org_id, id);

CREATE INDEX session_observations_active ON memdb.session_observations USING btree (org_id, agent_id, id) WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX session_observations_deleted ON memdb.session_observations USING btree (org_id, COALESCE(deleted_at, '-infinity'::timestamp with time zone)) WHERE (COALESCE(deleted_at, '-infinity'::timestamp with time zone) > '-infinity'::timestamp with time zone);

CREATE INDEX session_observations_merged_into ON memdb.session_observations USING btree (org_id, merged_into) WHERE (merged_into IS NOT NULL);

CREATE INDEX session_observations_of_agent ON memdb.session_observations USING btree (org_id, agent_id, id) WHERE (deleted_at IS NULL);

CREATE INDEX session_observations_of_session ON memdb.session_observations USING btree (org_id, session_id, id) WHERE (session_id IS NOT NULL);

CREATE INDEX session_observations_of_user ON memdb.session_observations USING btree (org_id, user_id, id) WHERE (user_id IS NOT NULL);

CREATE INDEX session_observations_unembedded ON memdb.session_observations USING btree (org_id, id) WHERE ((NOT embedded) AND (status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX session_summaries_of_session ON memdb.session_summaries USING btree (org_id, session_id, last_position, id);

CREATE INDEX sessions_by_activity ON memdb.sessions USING btree (org_id, active_at, id) WHERE (deleted_at IS NULL);

CREATE INDEX sessions_deleted ON memdb.sessions USING btree (org_id, COALESCE(deleted_at, '-infinity'::timestamp with time zone)) WHERE (COALESCE(deleted_at, '-infinity'::timestamp with time zone) > '-infinity'::timestamp with time zone);

CREATE UNIQUE INDEX sessions_external_id_unique ON memdb.sessions USING btree (org_id, external_id, agent_id) WHERE ((external_id IS NOT NULL) AND (deleted_at IS NULL));

CREATE INDEX sessions_moving ON memdb.sessions USING btree (org_id, id) WHERE (moving IS NOT NULL);

CREATE INDEX sessions_of_agent ON memdb.sessions USING btree (org_id, agent_id, active_at, id) WHERE (deleted_at IS NULL);

CREATE INDEX sessions_of_user ON memdb.sessions USING btree (org_id, user_id, active_at, id) WHERE (user_id IS NOT NULL);

CREATE INDEX sessions_to_extract ON memdb.sessions USING btree (org_id, closed_at, id) WHERE ((closed_at IS NOT NULL) AND (extracted_position < last_position) AND (deleted_at IS NULL));

CREATE INDEX thread_checkpoints_by_id ON memdb.thread_checkpoints USING btree (org_id, COALESCE(id, ''::text));

CREATE INDEX thread_checkpoints_of_run ON memdb.thread_checkpoints USING btree (org_id, run_id) WHERE (run_id IS NOT NULL);

CREATE INDEX threads_deleted ON memdb.threads USING btree (org_id, COALESCE(deleted_at, '-infinity'::timestamp with time zone)) WHERE (COALESCE(deleted_at, '-infinity'::timestamp with time zone) > '-infinity'::timestamp with time zone);

CREATE UNIQUE INDEX threads_external_id_unique ON memdb.threads USING btree (org_id, external_id) WHERE (deleted_at IS NULL);

CREATE INDEX threads_of_agent ON memdb.threads USING btree (org_id, agent_id) WHERE (agent_id IS NOT NULL);

CREATE INDEX threads_of_user ON memdb.threads USING btree (org_id, user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX token_spending_of_month ON memdb.token_spending USING btree (org_id, month, agent_id);

CREATE UNIQUE INDEX tokens_hash_unique ON memdb.tokens USING btree (org_id, hash);

CREATE INDEX tokens_of_agent ON memdb.tokens USING btree (org_id, agent_id, id) WHERE (agent_id IS NOT NULL);

CREATE INDEX tokens_of_user ON memdb.tokens USING btree (org_id, user_id, id) WHERE (user_id IS NOT NULL);

CREATE UNIQUE INDEX transcript_entries_id_unique ON memdb.transcript_entries USING btree (org_id, id, transcript_id) WHERE (id IS NOT NULL);

CREATE INDEX transcripts_by_update ON memdb.transcripts USING btree (org_id, namespace, updated_at, id);

CREATE UNIQUE INDEX transcripts_external_id_unique ON memdb.transcripts USING btree (org_id, namespace, external_id);

CREATE INDEX transcripts_of_agent ON memdb.transcripts USING btree (org_id, agent_id) WHERE (agent_id IS NOT NULL);

CREATE INDEX transcripts_of_scope ON memdb.transcripts USING btree (org_id, namespace, scope, updated_at, id) WHERE (scope IS NOT NULL);

CREATE INDEX transcripts_of_user ON memdb.transcripts USING btree (org_id, user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX triples_apart ON memdb.triples USING btree (org_id, id) WHERE (apart IS NOT NULL);

CREATE INDEX triples_deleted ON memdb.triples USING btree (org_id, COALESCE(deleted_at, '-infinity'::timestamp with time zone)) WHERE (COALESCE(deleted_at, '-infinity'::timestamp with time zone) > '-infinity'::timestamp with time zone);

CREATE INDEX triples_of_object ON memdb.triples USING btree (org_id, owner_id, object_key, id) WHERE (deleted_at IS NULL);

CREATE INDEX triples_of_owner ON memdb.triples USING btree (org_id, owner_id, id) WHERE (deleted_at IS NULL);

CREATE INDEX triples_of_predicate ON memdb.triples USING btree (org_id, owner_id, predicate_key, id) WHERE (deleted_at IS NULL);

CREATE INDEX triples_of_subject ON memdb.triples USING btree (org_id, owner_id, subject_key, id) WHERE (deleted_at IS NULL);

CREATE INDEX triples_unembedded ON memdb.triples USING btree (org_id, id) WHERE ((NOT embedded) AND (deleted_at IS NULL));

CREATE UNIQUE INDEX triples_unique ON memdb.triples USING btree (org_id, user_id, subject_key, predicate_key, object_key, apart) NULLS NOT DISTINCT;

CREATE INDEX users_apart ON memdb.users USING btree (org_id, id) WHERE (apart IS NOT NULL);

CREATE UNIQUE INDEX users_email_unique ON memdb.users USING btree (org_id, email_key, apart) NULLS NOT DISTINCT WHERE (deleted_at IS NULL);

CREATE UNIQUE INDEX users_sso_unique ON memdb.users USING btree (org_id, sso_provider, sso_subject) WHERE ((sso_subject IS NOT NULL) AND (deleted_at IS NULL));

ALTER INDEX memdb.cluster_embeddings_of_agent ATTACH PARTITION memdb.cluster_embeddings_1_org_id_agent_id_cluster_id_idx;

ALTER INDEX memdb.cluster_embeddings_pkey ATTACH PARTITION memdb.cluster_embeddings_1_pkey;

ALTER INDEX memdb.entity_embeddings_of_agent ATTACH PARTITION memdb.entity_embeddings_1_org_id_agent_id_entity_id_idx;

ALTER INDEX memdb.entity_embeddings_pkey ATTACH PARTITION memdb.entity_embeddings_1_pkey;

ALTER INDEX memdb.event_embeddings_of_agent ATTACH PARTITION memdb.event_embeddings_1_org_id_agent_id_event_id_idx;

ALTER INDEX memdb.event_embeddings_pkey ATTACH PARTITION memdb.event_embeddings_1_pkey;

ALTER INDEX memdb.fact_embeddings_of_agent ATTACH PARTITION memdb.fact_embeddings_1_org_id_agent_id_fact_id_idx;

ALTER INDEX memdb.fact_embeddings_pkey ATTACH PARTITION memdb.fact_embeddings_1_pkey;

ALTER INDEX memdb.insight_embeddings_of_agent ATTACH PARTITION memdb.insight_embeddings_1_org_id_agent_id_insight_id_idx;

ALTER INDEX memdb.insight_embeddings_pkey ATTACH PARTITION memdb.insight_embeddings_1_pkey;

ALTER INDEX memdb.intention_embeddings_of_agent ATTACH PARTITION memdb.intention_embeddings_1_org_id_agent_id_intention_id_idx;

ALTER INDEX memdb.intention_embeddings_pkey ATTACH PARTITION memdb.intention_embeddings_1_pkey;

ALTER INDEX memdb.item_part_embeddings_of_item ATTACH PARTITION memdb.item_part_embeddings_1_org_id_item_id_idx;

ALTER INDEX memdb.item_part_embeddings_pkey ATTACH PARTITION memdb.item_part_embeddings_1_pkey;

ALTER INDEX memdb.memory_embeddings_of_agent ATTACH PARTITION memdb.memory_embeddings_1_org_id_agent_id_memory_id_idx;

ALTER INDEX memdb.memory_embeddings_pkey ATTACH PARTITION memdb.memory_embeddings_1_pkey;

ALTER INDEX memdb.message_embeddings_of_session ATTACH PARTITION memdb.message_embeddings_1_org_id_session_id_message_id_idx;

ALTER INDEX memdb.message_embeddings_pkey ATTACH PARTITION memdb.message_embeddings_1_pkey;

ALTER INDEX memdb.observation_embeddings_of_agent ATTACH PARTITION memdb.observation_embeddings_1_org_id_agent_id_observation_id_idx;

ALTER INDEX memdb.observation_embeddings_pkey ATTACH PARTITION memdb.observation_embeddings_1_pkey;

ALTER INDEX memdb.triple_embeddings_pkey ATTACH PARTITION memdb.triple_embeddings_1_pkey;

CREATE STATISTICS memdb.archived_messages_session_of_organization (dependencies) ON org_id, session_id FROM memdb.archived_messages;

CREATE STATISTICS memdb.clusters_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.clusters;

CREATE STATISTICS memdb.edges_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.edges;

CREATE STATISTICS memdb.entities_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.entities;

CREATE STATISTICS memdb.events_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.events;

CREATE STATISTICS memdb.facts_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.facts;

CREATE STATISTICS memdb.insights_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.insights;

CREATE STATISTICS memdb.intentions_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.intentions;

CREATE STATISTICS memdb.memories_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.memories;

CREATE STATISTICS memdb.memory_embeddings_1_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.memory_embeddings_1;

CREATE STATISTICS memdb.messages_session_of_organization (dependencies) ON org_id, session_id FROM memdb.messages;

CREATE STATISTICS memdb.session_observations_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.session_observations;

CREATE STATISTICS memdb.session_summaries_session_of_organization (dependencies) ON org_id, session_id FROM memdb.session_summaries;

CREATE STATISTICS memdb.sessions_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.sessions;

CREATE STATISTICS memdb.triples_owner_of_organization (dependencies) ON org_id, owner_id FROM memdb.triples;

ALTER TABLE ONLY memdb.agents
    ADD CONSTRAINT agents_creator_exists FOREIGN KEY (org_id, created_by) REFERENCES memdb.users(org_id, id);

ALTER TABLE ONLY memdb.agents
    ADD CONSTRAINT agents_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.archived_messages
    ADD CONSTRAINT archived_messages_session_exists FOREIGN KEY (org_id, session_id) REFERENCES memdb.sessions(org_id, id);

ALTER TABLE ONLY memdb.attributes
    ADD CONSTRAINT attributes_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.audit_heads
    ADD CONSTRAINT audit_heads_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.audit_log
    ADD CONSTRAINT audit_log_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.checkpoints
    ADD CONSTRAINT checkpoints_session_exists FOREIGN KEY (org_id, session_id) REFERENCES memdb.sessions(org_id, id);

ALTER TABLE memdb.cluster_embeddings
    ADD CONSTRAINT cluster_embeddings_cluster_exists FOREIGN KEY (org_id, cluster_id) REFERENCES memdb.clusters(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.cluster_facts
    ADD CONSTRAINT cluster_facts_cluster_exists FOREIGN KEY (org_id, cluster_id) REFERENCES memdb.clusters(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.cluster_facts
    ADD CONSTRAINT cluster_facts_fact_exists FOREIGN KEY (org_id, fact_id) REFERENCES memdb.facts(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.clusters
    ADD CONSTRAINT clusters_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.clusters
    ADD CONSTRAINT clusters_merged_exists FOREIGN KEY (org_id, merged_into) REFERENCES memdb.clusters(org_id, id) DEFERRABLE;

ALTER TABLE ONLY memdb.directive_versions
    ADD CONSTRAINT directive_versions_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.directives
    ADD CONSTRAINT directives_active_exists FOREIGN KEY (org_id, agent_id, active) REFERENCES memdb.directive_versions(org_id, agent_id, number);

ALTER TABLE ONLY memdb.edges
    ADD CONSTRAINT edges_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.edges
    ADD CONSTRAINT edges_fact_exists FOREIGN KEY (org_id, fact_id) REFERENCES memdb.facts(org_id, id) ON DELETE SET NULL (fact_id);

ALTER TABLE ONLY memdb.edges
    ADD CONSTRAINT edges_source_exists FOREIGN KEY (org_id, source_id) REFERENCES memdb.entities(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.edges
    ADD CONSTRAINT edges_target_exists FOREIGN KEY (org_id, target_id) REFERENCES memdb.entities(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.entities
    ADD CONSTRAINT entities_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.entities
    ADD CONSTRAINT entities_merged_exists FOREIGN KEY (org_id, merged_into) REFERENCES memdb.entities(org_id, id) ON DELETE RESTRICT DEFERRABLE;

ALTER TABLE ONLY memdb.entity_aliases
    ADD CONSTRAINT entity_aliases_entity_exists FOREIGN KEY (org_id, entity_id) REFERENCES memdb.entities(org_id, id) ON DELETE CASCADE;

ALTER TABLE memdb.entity_embeddings
    ADD CONSTRAINT entity_embeddings_entity_exists FOREIGN KEY (org_id, entity_id) REFERENCES memdb.entities(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.entity_merge_parts
    ADD CONSTRAINT entity_merge_parts_merge_exists FOREIGN KEY (org_id, merge_id) REFERENCES memdb.entity_merges(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.entity_merges
    ADD CONSTRAINT entity_merges_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.entity_merges
    ADD CONSTRAINT entity_merges_merged_exists FOREIGN KEY (org_id, merged_id) REFERENCES memdb.entities(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.entity_merges
    ADD CONSTRAINT entity_merges_target_exists FOREIGN KEY (org_id, into_id) REFERENCES memdb.entities(org_id, id) ON DELETE CASCADE;

ALTER TABLE memdb.event_embeddings
    ADD CONSTRAINT event_embeddings_event_exists FOREIGN KEY (org_id, event_id) REFERENCES memdb.events(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.events
    ADD CONSTRAINT events_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.events
    ADD CONSTRAINT events_session_exists FOREIGN KEY (org_id, session_id) REFERENCES memdb.sessions(org_id, id);

ALTER TABLE ONLY memdb.events
    ADD CONSTRAINT events_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id);

ALTER TABLE memdb.fact_embeddings
    ADD CONSTRAINT fact_embeddings_fact_exists FOREIGN KEY (org_id, fact_id) REFERENCES memdb.facts(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.fact_entities
    ADD CONSTRAINT fact_entities_entity_exists FOREIGN KEY (org_id, entity_id) REFERENCES memdb.entities(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.fact_entities
    ADD CONSTRAINT fact_entities_fact_exists FOREIGN KEY (org_id, fact_id) REFERENCES memdb.facts(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.facts
    ADD CONSTRAINT facts_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.facts
    ADD CONSTRAINT facts_attribute_exists FOREIGN KEY (org_id, attribute) REFERENCES memdb.attributes(org_id, key);

ALTER TABLE ONLY memdb.facts
    ADD CONSTRAINT facts_entity_exists FOREIGN KEY (org_id, entity_id) REFERENCES memdb.entities(org_id, id) ON DELETE RESTRICT;

ALTER TABLE ONLY memdb.facts
    ADD CONSTRAINT facts_event_exists FOREIGN KEY (org_id, event_id) REFERENCES memdb.events(org_id, id);

ALTER TABLE ONLY memdb.facts
    ADD CONSTRAINT facts_session_exists FOREIGN KEY (org_id, session_id) REFERENCES memdb.sessions(org_id, id);

ALTER TABLE ONLY memdb.facts
    ADD CONSTRAINT facts_superseded_exists FOREIGN KEY (org_id, superseded_by) REFERENCES memdb.facts(org_id, id) DEFERRABLE;

ALTER TABLE ONLY memdb.facts
    ADD CONSTRAINT facts_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id);

ALTER TABLE memdb.insight_embeddings
    ADD CONSTRAINT insight_embeddings_insight_exists FOREIGN KEY (org_id, insight_id) REFERENCES memdb.insights(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.insight_events
    ADD CONSTRAINT insight_events_event_exists FOREIGN KEY (org_id, event_id) REFERENCES memdb.events(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.insight_events
    ADD CONSTRAINT insight_events_insight_exists FOREIGN KEY (org_id, insight_id) REFERENCES memdb.insights(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.insight_facts
    ADD CONSTRAINT insight_facts_fact_exists FOREIGN KEY (org_id, fact_id) REFERENCES memdb.facts(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.insight_facts
    ADD CONSTRAINT insight_facts_insight_exists FOREIGN KEY (org_id, insight_id) REFERENCES memdb.insights(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.insights
    ADD CONSTRAINT insights_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.insights
    ADD CONSTRAINT insights_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id);

ALTER TABLE memdb.intention_embeddings
    ADD CONSTRAINT intention_embeddings_intention_exists FOREIGN KEY (org_id, intention_id) REFERENCES memdb.intentions(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.intentions
    ADD CONSTRAINT intentions_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.intentions
    ADD CONSTRAINT intentions_session_exists FOREIGN KEY (org_id, session_id) REFERENCES memdb.sessions(org_id, id);

ALTER TABLE ONLY memdb.intentions
    ADD CONSTRAINT intentions_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id);

ALTER TABLE memdb.item_part_embeddings
    ADD CONSTRAINT item_part_embeddings_item_part_exists FOREIGN KEY (org_id, item_part_id) REFERENCES memdb.item_parts(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.item_parts
    ADD CONSTRAINT item_parts_item_exists FOREIGN KEY (org_id, item_id) REFERENCES memdb.items(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.items
    ADD CONSTRAINT items_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.items
    ADD CONSTRAINT items_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.items
    ADD CONSTRAINT items_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id);

ALTER TABLE ONLY memdb.legal_holds
    ADD CONSTRAINT legal_holds_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.legal_holds
    ADD CONSTRAINT legal_holds_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.legal_holds
    ADD CONSTRAINT legal_holds_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.memories
    ADD CONSTRAINT memories_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.memories
    ADD CONSTRAINT memories_merged_exists FOREIGN KEY (org_id, merged_into) REFERENCES memdb.memories(org_id, id) DEFERRABLE;

ALTER TABLE ONLY memdb.memories
    ADD CONSTRAINT memories_successor_exists FOREIGN KEY (org_id, superseded_by) REFERENCES memdb.memories(org_id, id) DEFERRABLE;

ALTER TABLE ONLY memdb.memories
    ADD CONSTRAINT memories_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id);

ALTER TABLE memdb.memory_embeddings
    ADD CONSTRAINT memory_embeddings_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.memory_escalations
    ADD CONSTRAINT memory_escalations_candidate_exists FOREIGN KEY (org_id, candidate_id) REFERENCES memdb.memories(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.memory_escalations
    ADD CONSTRAINT memory_escalations_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.memory_relations
    ADD CONSTRAINT memory_relations_source_exists FOREIGN KEY (org_id, source_id) REFERENCES memdb.memories(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.memory_relations
    ADD CONSTRAINT memory_relations_target_exists FOREIGN KEY (org_id, target_id) REFERENCES memdb.memories(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.memory_tags
    ADD CONSTRAINT memory_tags_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.memory_usage
    ADD CONSTRAINT memory_usage_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.memory_versions
    ADD CONSTRAINT memory_versions_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.memory_votes
    ADD CONSTRAINT memory_votes_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.memory_votes
    ADD CONSTRAINT memory_votes_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories(org_id, id) ON DELETE CASCADE;

ALTER TABLE memdb.message_embeddings
    ADD CONSTRAINT message_embeddings_message_exists FOREIGN KEY (org_id, message_id) REFERENCES memdb.messages(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.messages
    ADD CONSTRAINT messages_session_exists FOREIGN KEY (org_id, session_id) REFERENCES memdb.sessions(org_id, id);

ALTER TABLE memdb.observation_embeddings
    ADD CONSTRAINT observation_embeddings_observation_exists FOREIGN KEY (org_id, observation_id) REFERENCES memdb.session_observations(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.profile_versions
    ADD CONSTRAINT profile_versions_profile_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.profiles(org_id, user_id);

ALTER TABLE ONLY memdb.profiles
    ADD CONSTRAINT profiles_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id);

ALTER TABLE ONLY memdb.prompt_versions
    ADD CONSTRAINT prompt_versions_role_exists FOREIGN KEY (org_id, role_id) REFERENCES memdb.roles(org_id, id);

ALTER TABLE ONLY memdb.prompts
    ADD CONSTRAINT prompts_active_exists FOREIGN KEY (org_id, role_id, active) REFERENCES memdb.prompt_versions(org_id, role_id, number);

ALTER TABLE ONLY memdb.quota_slots
    ADD CONSTRAINT quota_slots_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.role_abilities
    ADD CONSTRAINT role_abilities_role_exists FOREIGN KEY (org_id, role_id) REFERENCES memdb.roles(org_id, id);

ALTER TABLE ONLY memdb.roles
    ADD CONSTRAINT roles_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.session_events
    ADD CONSTRAINT session_events_session_exists FOREIGN KEY (org_id, session_id) REFERENCES memdb.sessions(org_id, id);

ALTER TABLE ONLY memdb.session_observations
    ADD CONSTRAINT session_observations_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.session_observations
    ADD CONSTRAINT session_observations_merged_exists FOREIGN KEY (org_id, merged_into) REFERENCES memdb.session_observations(org_id, id) DEFERRABLE;

ALTER TABLE ONLY memdb.session_observations
    ADD CONSTRAINT session_observations_session_exists FOREIGN KEY (org_id, session_id) REFERENCES memdb.sessions(org_id, id);

ALTER TABLE ONLY memdb.session_observations
    ADD CONSTRAINT session_observations_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id);

ALTER TABLE ONLY memdb.session_summaries
    ADD CONSTRAINT session_summaries_session_exists FOREIGN KEY (org_id, session_id) REFERENCES memdb.sessions(org_id, id);

ALTER TABLE ONLY memdb.sessions
    ADD CONSTRAINT sessions_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.sessions
    ADD CONSTRAINT sessions_directive_exists FOREIGN KEY (org_id, agent_id, directive_number) REFERENCES memdb.directive_versions(org_id, agent_id, number);

ALTER TABLE ONLY memdb.sessions
    ADD CONSTRAINT sessions_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id);

ALTER TABLE ONLY memdb.thread_checkpoints
    ADD CONSTRAINT thread_checkpoints_thread_exists FOREIGN KEY (org_id, thread_id) REFERENCES memdb.threads(org_id, id);

ALTER TABLE ONLY memdb.thread_values
    ADD CONSTRAINT thread_values_thread_exists FOREIGN KEY (org_id, thread_id) REFERENCES memdb.threads(org_id, id);

ALTER TABLE ONLY memdb.thread_writes
    ADD CONSTRAINT thread_writes_thread_exists FOREIGN KEY (org_id, thread_id) REFERENCES memdb.threads(org_id, id);

ALTER TABLE ONLY memdb.threads
    ADD CONSTRAINT threads_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.threads
    ADD CONSTRAINT threads_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.threads
    ADD CONSTRAINT threads_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id);

ALTER TABLE ONLY memdb.token_spending
    ADD CONSTRAINT token_spending_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.token_uses
    ADD CONSTRAINT token_uses_token_exists FOREIGN KEY (org_id, token_id) REFERENCES memdb.tokens(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.tokens
    ADD CONSTRAINT tokens_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.tokens
    ADD CONSTRAINT tokens_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.tokens
    ADD CONSTRAINT tokens_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.transcript_entries
    ADD CONSTRAINT transcript_entries_transcript_exists FOREIGN KEY (org_id, transcript_id) REFERENCES memdb.transcripts(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.transcripts
    ADD CONSTRAINT transcripts_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.transcripts
    ADD CONSTRAINT transcripts_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.transcripts
    ADD CONSTRAINT transcripts_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id);

ALTER TABLE memdb.triple_embeddings
    ADD CONSTRAINT triple_embeddings_triple_exists FOREIGN KEY (org_id, triple_id) REFERENCES memdb.triples(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.triples
    ADD CONSTRAINT triples_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.triples
    ADD CONSTRAINT triples_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id);

ALTER TABLE ONLY memdb.users
    ADD CONSTRAINT users_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

CREATE POLICY admin ON memdb.agents TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.archived_messages TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.attributes TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.audit_heads TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.audit_log TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.checkpoints TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.cluster_embeddings TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.cluster_embeddings_1 TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.cluster_facts TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.clusters TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.database_roles TO memdb_admin;

CREATE POLICY admin ON memdb.directive_versions TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.directives TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.edges TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.entities TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.entity_aliases TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.entity_embeddings TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.entity_embeddings_1 TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.entity_merge_parts TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.entity_merges TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.erasures TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.event_embeddings TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.event_embeddings_1 TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.events TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.fact_embeddings TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.fact_embeddings_1 TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.fact_entities TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.facts TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.insight_embeddings TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.insight_embeddings_1 TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.insight_events TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.insight_facts TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.insights TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.intention_embeddings TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.intention_embeddings_1 TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.intentions TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.item_part_embeddings TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.item_part_embeddings_1 TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.item_parts TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.items TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.legal_holds TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.memories TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.memory_embeddings TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.memory_embeddings_1 TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.memory_escalations TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.memory_relations TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.memory_tags TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.memory_usage TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.memory_versions TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.memory_votes TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.message_embeddings TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.message_embeddings_1 TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.messages TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.observation_embeddings TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.observation_embeddings_1 TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.organizations TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.profile_versions TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.profiles TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.prompt_versions TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.prompts TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.quota_slots TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.role_abilities TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.roles TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.session_events TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.session_observations TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.session_summaries TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.sessions TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.thread_checkpoints TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.thread_values TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.thread_writes TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.threads TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.token_spending TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.token_uses TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.tokens TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.transcript_entries TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.transcripts TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.triple_embeddings TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.triple_embeddings_1 TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.triples TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.users TO memdb_admin USING (true);

ALTER TABLE memdb.agents ENABLE ROW LEVEL SECURITY;

CREATE POLICY app ON memdb.database_roles TO memdb_app;

ALTER TABLE memdb.archived_messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.attributes ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.audit_heads ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.audit_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.checkpoints ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.cluster_embeddings ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.cluster_embeddings_1 ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.cluster_facts ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.clusters ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.database_roles ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.directive_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.directives ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.edges ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.entities ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.entity_aliases ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.entity_embeddings ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.entity_embeddings_1 ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.entity_merge_parts ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.entity_merges ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.erasures ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.event_embeddings ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.event_embeddings_1 ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.events ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.fact_embeddings ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.fact_embeddings_1 ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.fact_entities ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.facts ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.insight_embeddings ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.insight_embeddings_1 ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.insight_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.insight_facts ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.insights ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.intention_embeddings ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.intention_embeddings_1 ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.intentions ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.item_part_embeddings ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.item_part_embeddings_1 ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.item_parts ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.items ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.legal_holds ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memories ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memory_embeddings ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memory_embeddings_1 ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memory_escalations ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memory_relations ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memory_tags ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memory_usage ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memory_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memory_votes ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.message_embeddings ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.message_embeddings_1 ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.observation_embeddings ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.observation_embeddings_1 ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.organizations ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.profile_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.profiles ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.prompt_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.prompts ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.quota_slots ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.role_abilities ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.roles ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.session_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.session_observations ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.session_summaries ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.sessions ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON memdb.agents USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

COMMENT ON POLICY tenant ON memdb.agents IS 'ended by {}';

CREATE POLICY tenant ON memdb.archived_messages USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

COMMENT ON POLICY tenant ON memdb.archived_messages IS 'ended by {}';

CREATE POLICY tenant ON memdb.attributes USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.audit_heads USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.audit_log USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.checkpoints USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.cluster_embeddings USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.cluster_embeddings_1 USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.cluster_facts USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.clusters USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.directive_versions USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.directives USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.edges USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.entities USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.entity_aliases USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.entity_embeddings USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.entity_embeddings_1 USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.entity_merge_parts USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.entity_merges USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.erasures USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.event_embeddings USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.event_embeddings_1 USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.events USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.fact_embeddings USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.fact_embeddings_1 USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.fact_entities USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.facts USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.insight_embeddings USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.insight_embeddings_1 USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.insight_events USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.insight_facts USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.insights USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.intention_embeddings USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.intention_embeddings_1 USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.intentions USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.item_part_embeddings USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.item_part_embeddings_1 USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.item_parts USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.items USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

COMMENT ON POLICY tenant ON memdb.items IS 'ended by {expires_at}';

CREATE POLICY tenant ON memdb.legal_holds USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memories USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

COMMENT ON POLICY tenant ON memdb.memories IS 'ended by {deleted_at,expires_at}';

CREATE POLICY tenant ON memdb.memory_embeddings USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_embeddings_1 USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_escalations USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_relations USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_tags USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_usage USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_versions USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

COMMENT ON POLICY tenant ON memdb.memory_versions IS 'ended by {}';

CREATE POLICY tenant ON memdb.memory_votes USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.message_embeddings USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.message_embeddings_1 USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.messages USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

COMMENT ON POLICY tenant ON memdb.messages IS 'ended by {}';

CREATE POLICY tenant ON memdb.observation_embeddings USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.observation_embeddings_1 USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.organizations USING ((id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

COMMENT ON POLICY tenant ON memdb.organizations IS 'ended by {}';

CREATE POLICY tenant ON memdb.profile_versions USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.profiles USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.prompt_versions USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.prompts USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.quota_slots USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.role_abilities USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.roles USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

COMMENT ON POLICY tenant ON memdb.roles IS 'ended by {}';

CREATE POLICY tenant ON memdb.session_events USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.session_observations USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.session_summaries USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.sessions USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.thread_checkpoints USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.thread_values USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.thread_writes USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.threads USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.token_spending USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.token_uses USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.tokens USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.transcript_entries USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.transcripts USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.triple_embeddings USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.triple_embeddings_1 USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.triples USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.users USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

COMMENT ON POLICY tenant ON memdb.users IS 'ended by {}';

ALTER TABLE memdb.thread_checkpoints ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.thread_values ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.thread_writes ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.threads ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.token_spending ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.token_uses ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.tokens ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.transcript_entries ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.transcripts ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.triple_embeddings ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.triple_embeddings_1 ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.triples ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.users ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA memdb TO memdb_app;
GRANT USAGE ON SCHEMA memdb TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.facts TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.facts TO memdb_admin;

GRANT UPDATE(entity_id) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(superseded_by) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(invalidated_at) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(valid_until) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(held_until) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(expires_at) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(confirmed_at) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(retrieved_at) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(updated_at) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(deleted_at) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(confidence) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(importance) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(vitality) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(retrievals) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(confirmations) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(version) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(embedded) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(sensitive) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(needs_confirmation) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(stale) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(status) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(category) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(annotation) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(metadata) ON TABLE memdb.facts TO memdb_app;

GRANT UPDATE(said) ON TABLE memdb.facts TO memdb_app;

GRANT SELECT,INSERT ON TABLE memdb.memory_versions TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memory_versions TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.entities TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.entities TO memdb_admin;

GRANT UPDATE(merged_into) ON TABLE memdb.entities TO memdb_app;

GRANT UPDATE(updated_at) ON TABLE memdb.entities TO memdb_app;

GRANT UPDATE(deleted_at) ON TABLE memdb.entities TO memdb_app;

GRANT UPDATE(first_seen_at) ON TABLE memdb.entities TO memdb_app;

GRANT UPDATE(last_seen_at) ON TABLE memdb.entities TO memdb_app;

GRANT UPDATE(summarised_at) ON TABLE memdb.entities TO memdb_app;

GRANT UPDATE(profiled_at) ON TABLE memdb.entities TO memdb_app;

GRANT UPDATE(importance) ON TABLE memdb.entities TO memdb_app;

GRANT UPDATE(mentions) ON TABLE memdb.entities TO memdb_app;

GRANT UPDATE(version) ON TABLE memdb.entities TO memdb_app;

GRANT UPDATE(embedded) ON TABLE memdb.entities TO memdb_app;

GRANT UPDATE(status) ON TABLE memdb.entities TO memdb_app;

GRANT UPDATE(type) ON TABLE memdb.entities TO memdb_app;

GRANT UPDATE(key) ON TABLE memdb.entities TO memdb_app;

GRANT UPDATE(name) ON TABLE memdb.entities TO memdb_app;

GRANT UPDATE(summary) ON TABLE memdb.entities TO memdb_app;

GRANT UPDATE(profile) ON TABLE memdb.entities TO memdb_app;

GRANT UPDATE(metadata) ON TABLE memdb.entities TO memdb_app;

GRANT SELECT,INSERT ON TABLE memdb.intentions TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.intentions TO memdb_admin;

GRANT UPDATE(updated_at) ON TABLE memdb.intentions TO memdb_app;

GRANT UPDATE(deleted_at) ON TABLE memdb.intentions TO memdb_app;

GRANT UPDATE(due_at) ON TABLE memdb.intentions TO memdb_app;

GRANT UPDATE(triggered_at) ON TABLE memdb.intentions TO memdb_app;

GRANT UPDATE(ended_at) ON TABLE memdb.intentions TO memdb_app;

GRANT UPDATE(version) ON TABLE memdb.intentions TO memdb_app;

GRANT UPDATE(embedded) ON TABLE memdb.intentions TO memdb_app;

GRANT UPDATE(status) ON TABLE memdb.intentions TO memdb_app;

GRANT UPDATE(trigger) ON TABLE memdb.intentions TO memdb_app;

GRANT UPDATE(condition) ON TABLE memdb.intentions TO memdb_app;

GRANT UPDATE(action) ON TABLE memdb.intentions TO memdb_app;

GRANT UPDATE(context) ON TABLE memdb.intentions TO memdb_app;

GRANT UPDATE(outcome) ON TABLE memdb.intentions TO memdb_app;

GRANT UPDATE(metadata) ON TABLE memdb.intentions TO memdb_app;

GRANT SELECT,INSERT ON TABLE memdb.triples TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.triples TO memdb_admin;

GRANT UPDATE(updated_at) ON TABLE memdb.triples TO memdb_app;

GRANT UPDATE(deleted_at) ON TABLE memdb.triples TO memdb_app;

GRANT UPDATE(confidence) ON TABLE memdb.triples TO memdb_app;

GRANT UPDATE(version) ON TABLE memdb.triples TO memdb_app;

GRANT UPDATE(embedded) ON TABLE memdb.triples TO memdb_app;

GRANT UPDATE(source) ON TABLE memdb.triples TO memdb_app;

GRANT UPDATE(metadata) ON TABLE memdb.triples TO memdb_app;

GRANT SELECT,INSERT ON TABLE memdb.edges TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.edges TO memdb_admin;

GRANT UPDATE(source_id) ON TABLE memdb.edges TO memdb_app;

GRANT UPDATE(target_id) ON TABLE memdb.edges TO memdb_app;

GRANT UPDATE(fact_id) ON TABLE memdb.edges TO memdb_app;

GRANT UPDATE(updated_at) ON TABLE memdb.edges TO memdb_app;

GRANT UPDATE(used_at) ON TABLE memdb.edges TO memdb_app;

GRANT UPDATE(valid_from) ON TABLE memdb.edges TO memdb_app;

GRANT UPDATE(valid_until) ON TABLE memdb.edges TO memdb_app;

GRANT UPDATE(invalidated_at) ON TABLE memdb.edges TO memdb_app;

GRANT UPDATE(weight) ON TABLE memdb.edges TO memdb_app;

GRANT UPDATE(assertions) ON TABLE memdb.edges TO memdb_app;

GRANT UPDATE(version) ON TABLE memdb.edges TO memdb_app;

GRANT UPDATE(provenance) ON TABLE memdb.edges TO memdb_app;

GRANT UPDATE(metadata) ON TABLE memdb.edges TO memdb_app;

GRANT UPDATE(aged_at) ON TABLE memdb.edges TO memdb_app;

GRANT SELECT ON TABLE memdb.embedding_tables TO memdb_admin;

GRANT SELECT ON TABLE memdb.audit_log TO memdb_app;
GRANT SELECT,INSERT,DELETE ON TABLE memdb.audit_log TO memdb_admin;

GRANT INSERT(org_id) ON TABLE memdb.audit_log TO memdb_app;

GRANT UPDATE(seq) ON TABLE memdb.audit_log TO memdb_admin;

GRANT UPDATE(digest) ON TABLE memdb.audit_log TO memdb_admin;

GRANT INSERT(actor) ON TABLE memdb.audit_log TO memdb_app;

GRANT INSERT(action) ON TABLE memdb.audit_log TO memdb_app;

GRANT INSERT(resource_type) ON TABLE memdb.audit_log TO memdb_app;

GRANT INSERT(resource_id) ON TABLE memdb.audit_log TO memdb_app;

GRANT INSERT(details) ON TABLE memdb.audit_log TO memdb_app;

GRANT SELECT,INSERT ON TABLE memdb.memories TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memories TO memdb_admin;

GRANT UPDATE(updated_at) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(observed_at) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(valid_from) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(valid_until) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(expires_at) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(deleted_at) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(confidence) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(version) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(votes_for) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(votes_against) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(embedded) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(session_id) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(superseded_by) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(merged_into) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(status) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(category) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(tags) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(labels) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(metadata) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(source) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(language) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(embedding_model) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(content) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(apart) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(session_offset) ON TABLE memdb.memories TO memdb_app;

GRANT SELECT,INSERT,DELETE ON TABLE memdb.items TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.items TO memdb_admin;

GRANT UPDATE(agent_id) ON TABLE memdb.items TO memdb_app;

GRANT UPDATE(user_id) ON TABLE memdb.items TO memdb_app;

GRANT UPDATE(created_at) ON TABLE memdb.items TO memdb_app;

GRANT UPDATE(updated_at) ON TABLE memdb.items TO memdb_app;

GRANT UPDATE(expires_at) ON TABLE memdb.items TO memdb_app;

GRANT UPDATE(time_to_live) ON TABLE memdb.items TO memdb_app;

GRANT UPDATE(value) ON TABLE memdb.items TO memdb_app;

GRANT UPDATE(letters) ON TABLE memdb.items TO memdb_app;

REVOKE ALL ON FUNCTION memdb.memories_by_words(agent uuid, words tsquery, other_words tsquery, fewest integer, of_user uuid, in_session uuid, of_category text, with_tags text[], with_metadata jsonb, as_of timestamp with time zone, since timestamp with time zone, until timestamp with time zone, part text) FROM PUBLIC;
GRANT ALL ON FUNCTION memdb.memories_by_words(agent uuid, words tsquery, other_words tsquery, fewest integer, of_user uuid, in_session uuid, of_category text, with_tags text[], with_metadata jsonb, as_of timestamp with time zone, since timestamp with time zone, until timestamp with time zone, part text) TO memdb_app;

REVOKE ALL ON FUNCTION memdb.memories_by_words(agent uuid, words tsquery, other_words tsquery, fewest integer, of_user uuid, in_session uuid, of_category text, with_tags text[], with_metadata jsonb, as_of timestamp with time zone, since timestamp with time zone, until timestamp with time zone, part text, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION memdb.memories_by_words(agent uuid, words tsquery, other_words tsquery, fewest integer, of_user uuid, in_session uuid, of_category text, with_tags text[], with_metadata jsonb, as_of timestamp with time zone, since timestamp with time zone, until timestamp with time zone, part text, most integer) TO memdb_app;

REVOKE ALL ON FUNCTION memdb.memories_with_words(agent uuid, words tsquery) FROM PUBLIC;
GRANT ALL ON FUNCTION memdb.memories_with_words(agent uuid, words tsquery) TO memdb_app;

GRANT SELECT,INSERT ON TABLE memdb.entity_merges TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.entity_merges TO memdb_admin;

GRANT UPDATE(undone_at) ON TABLE memdb.entity_merges TO memdb_app;

GRANT UPDATE(facts) ON TABLE memdb.entity_merges TO memdb_app;

GRANT UPDATE(edges) ON TABLE memdb.entity_merges TO memdb_app;

GRANT UPDATE(aliases) ON TABLE memdb.entity_merges TO memdb_app;

GRANT UPDATE(undone_by) ON TABLE memdb.entity_merges TO memdb_app;

GRANT SELECT ON TABLE memdb.archived_messages TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.archived_messages TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.agents TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.agents TO memdb_admin;

GRANT SELECT ON TABLE memdb.organizations TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.organizations TO memdb_admin;

GRANT SELECT ON TABLE memdb.writers TO memdb_app;
GRANT SELECT ON TABLE memdb.writers TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.attributes TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.attributes TO memdb_admin;

GRANT UPDATE(updated_at) ON TABLE memdb.attributes TO memdb_app;

GRANT UPDATE(last_seen_at) ON TABLE memdb.attributes TO memdb_app;

GRANT UPDATE(time_to_live) ON TABLE memdb.attributes TO memdb_app;

GRANT UPDATE(seen) ON TABLE memdb.attributes TO memdb_app;

GRANT UPDATE(version) ON TABLE memdb.attributes TO memdb_app;

GRANT UPDATE(status) ON TABLE memdb.attributes TO memdb_app;

GRANT UPDATE(value_type) ON TABLE memdb.attributes TO memdb_app;

GRANT UPDATE(conflict_policy) ON TABLE memdb.attributes TO memdb_app;

GRANT UPDATE(proposed_by) ON TABLE memdb.attributes TO memdb_app;

GRANT UPDATE(reason) ON TABLE memdb.attributes TO memdb_app;

GRANT UPDATE(example) ON TABLE memdb.attributes TO memdb_app;

GRANT SELECT ON TABLE memdb.audit_heads TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.audit_heads TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.checkpoints TO memdb_app;
GRANT SELECT,INSERT,DELETE ON TABLE memdb.checkpoints TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.cluster_embeddings TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.cluster_embeddings TO memdb_admin;

GRANT UPDATE(embedding) ON TABLE memdb.cluster_embeddings TO memdb_app;

GRANT SELECT ON TABLE memdb.cluster_embeddings_1 TO memdb_app;
GRANT SELECT ON TABLE memdb.cluster_embeddings_1 TO memdb_admin;

GRANT SELECT,INSERT,DELETE ON TABLE memdb.cluster_facts TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.cluster_facts TO memdb_admin;

GRANT UPDATE(cluster_id) ON TABLE memdb.cluster_facts TO memdb_app;

GRANT UPDATE(added_at) ON TABLE memdb.cluster_facts TO memdb_app;

GRANT SELECT,INSERT ON TABLE memdb.clusters TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.clusters TO memdb_admin;

GRANT UPDATE(merged_into) ON TABLE memdb.clusters TO memdb_app;

GRANT UPDATE(updated_at) ON TABLE memdb.clusters TO memdb_app;

GRANT UPDATE(deleted_at) ON TABLE memdb.clusters TO memdb_app;

GRANT UPDATE(refreshed_at) ON TABLE memdb.clusters TO memdb_app;

GRANT UPDATE(importance) ON TABLE memdb.clusters TO memdb_app;

GRANT UPDATE(version) ON TABLE memdb.clusters TO memdb_app;

GRANT UPDATE(status) ON TABLE memdb.clusters TO memdb_app;

GRANT UPDATE(type) ON TABLE memdb.clusters TO memdb_app;

GRANT UPDATE(label) ON TABLE memdb.clusters TO memdb_app;

GRANT UPDATE(summary) ON TABLE memdb.clusters TO memdb_app;

GRANT UPDATE(metadata) ON TABLE memdb.clusters TO memdb_app;

GRANT SELECT,INSERT ON TABLE memdb.directive_versions TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.directive_versions TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.directives TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.directives TO memdb_admin;

GRANT SELECT ON TABLE memdb.embedding_spaces TO memdb_app;
GRANT SELECT ON TABLE memdb.embedding_spaces TO memdb_admin;

GRANT UPDATE(model) ON TABLE memdb.embedding_spaces TO memdb_admin;

GRANT UPDATE(current_since) ON TABLE memdb.embedding_spaces TO memdb_admin;

GRANT SELECT,INSERT,DELETE ON TABLE memdb.entity_aliases TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.entity_aliases TO memdb_admin;

GRANT UPDATE(entity_id) ON TABLE memdb.entity_aliases TO memdb_app;

GRANT UPDATE(created_at) ON TABLE memdb.entity_aliases TO memdb_app;

GRANT UPDATE(alias) ON TABLE memdb.entity_aliases TO memdb_app;

GRANT SELECT,INSERT ON TABLE memdb.entity_embeddings TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.entity_embeddings TO memdb_admin;

GRANT UPDATE(embedding) ON TABLE memdb.entity_embeddings TO memdb_app;

GRANT SELECT ON TABLE memdb.entity_embeddings_1 TO memdb_app;
GRANT SELECT ON TABLE memdb.entity_embeddings_1 TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.entity_merge_parts TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.entity_merge_parts TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.erasures TO memdb_admin;

GRANT UPDATE(finished_at) ON TABLE memdb.erasures TO memdb_admin;

GRANT UPDATE(rows) ON TABLE memdb.erasures TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.event_embeddings TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.event_embeddings TO memdb_admin;

GRANT UPDATE(embedding) ON TABLE memdb.event_embeddings TO memdb_app;

GRANT SELECT ON TABLE memdb.event_embeddings_1 TO memdb_app;
GRANT SELECT ON TABLE memdb.event_embeddings_1 TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.events TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.events TO memdb_admin;

GRANT UPDATE(embedded) ON TABLE memdb.events TO memdb_app;

GRANT SELECT,INSERT ON TABLE memdb.fact_embeddings TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.fact_embeddings TO memdb_admin;

GRANT UPDATE(embedding) ON TABLE memdb.fact_embeddings TO memdb_app;

GRANT SELECT ON TABLE memdb.fact_embeddings_1 TO memdb_app;
GRANT SELECT ON TABLE memdb.fact_embeddings_1 TO memdb_admin;

GRANT SELECT,INSERT,DELETE ON TABLE memdb.fact_entities TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.fact_entities TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.memory_embeddings TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memory_embeddings TO memdb_admin;

GRANT UPDATE(embedding) ON TABLE memdb.memory_embeddings TO memdb_app;

GRANT SELECT ON TABLE memdb.memory_embeddings_1 TO memdb_app;
GRANT SELECT ON TABLE memdb.memory_embeddings_1 TO memdb_admin;

GRANT SELECT ON TABLE memdb.indexed_embeddings TO memdb_app;
GRANT SELECT ON TABLE memdb.indexed_embeddings TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.insight_embeddings TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.insight_embeddings TO memdb_admin;

GRANT UPDATE(embedding) ON TABLE memdb.insight_embeddings TO memdb_app;

GRANT SELECT ON TABLE memdb.insight_embeddings_1 TO memdb_app;
GRANT SELECT ON TABLE memdb.insight_embeddings_1 TO memdb_admin;

GRANT SELECT,INSERT,DELETE ON TABLE memdb.insight_events TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.insight_events TO memdb_admin;

GRANT SELECT,INSERT,DELETE ON TABLE memdb.insight_facts TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.insight_facts TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.insights TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.insights TO memdb_admin;

GRANT UPDATE(updated_at) ON TABLE memdb.insights TO memdb_app;

GRANT UPDATE(deleted_at) ON TABLE memdb.insights TO memdb_app;

GRANT UPDATE(reinforced_at) ON TABLE memdb.insights TO memdb_app;

GRANT UPDATE(confidence) ON TABLE memdb.insights TO memdb_app;

GRANT UPDATE(importance) ON TABLE memdb.insights TO memdb_app;

GRANT UPDATE(reinforcements) ON TABLE memdb.insights TO memdb_app;

GRANT UPDATE(version) ON TABLE memdb.insights TO memdb_app;

GRANT UPDATE(embedded) ON TABLE memdb.insights TO memdb_app;

GRANT UPDATE(status) ON TABLE memdb.insights TO memdb_app;

GRANT UPDATE(type) ON TABLE memdb.insights TO memdb_app;

GRANT UPDATE(title) ON TABLE memdb.insights TO memdb_app;

GRANT UPDATE(content) ON TABLE memdb.insights TO memdb_app;

GRANT UPDATE(metadata) ON TABLE memdb.insights TO memdb_app;

GRANT SELECT,INSERT ON TABLE memdb.intention_embeddings TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.intention_embeddings TO memdb_admin;

GRANT UPDATE(embedding) ON TABLE memdb.intention_embeddings TO memdb_app;

GRANT SELECT ON TABLE memdb.intention_embeddings_1 TO memdb_app;
GRANT SELECT ON TABLE memdb.intention_embeddings_1 TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.item_part_embeddings TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.item_part_embeddings TO memdb_admin;

GRANT UPDATE(embedding) ON TABLE memdb.item_part_embeddings TO memdb_app;

GRANT SELECT ON TABLE memdb.item_part_embeddings_1 TO memdb_app;
GRANT SELECT ON TABLE memdb.item_part_embeddings_1 TO memdb_admin;

GRANT SELECT,INSERT,DELETE ON TABLE memdb.item_parts TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.item_parts TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.users TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.users TO memdb_admin;

GRANT UPDATE(apart) ON TABLE memdb.users TO memdb_app;

GRANT SELECT ON TABLE memdb.kept_apart TO memdb_app;
GRANT SELECT ON TABLE memdb.kept_apart TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.messages TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.messages TO memdb_admin;

GRANT UPDATE(updated_at) ON TABLE memdb.messages TO memdb_app;

GRANT UPDATE(deleted_at) ON TABLE memdb.messages TO memdb_app;

GRANT UPDATE(version) ON TABLE memdb.messages TO memdb_app;

GRANT UPDATE(tokens) ON TABLE memdb.messages TO memdb_app;

GRANT UPDATE(edit) ON TABLE memdb.messages TO memdb_app;

GRANT UPDATE(embedded) ON TABLE memdb.messages TO memdb_app;

GRANT UPDATE(open_calls) ON TABLE memdb.messages TO memdb_app;

GRANT UPDATE(name) ON TABLE memdb.messages TO memdb_app;

GRANT UPDATE(model) ON TABLE memdb.messages TO memdb_app;

GRANT UPDATE(content) ON TABLE memdb.messages TO memdb_app;

GRANT UPDATE(metadata) ON TABLE memdb.messages TO memdb_app;

GRANT UPDATE(parts) ON TABLE memdb.messages TO memdb_app;

GRANT SELECT ON TABLE memdb.kept_messages TO memdb_app;
GRANT SELECT ON TABLE memdb.kept_messages TO memdb_admin;

GRANT SELECT ON TABLE memdb.legal_holds TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.legal_holds TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.memory_escalations TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memory_escalations TO memdb_admin;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memory_relations TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memory_relations TO memdb_admin;

GRANT SELECT,INSERT,DELETE ON TABLE memdb.memory_tags TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memory_tags TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.memory_usage TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memory_usage TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.memory_votes TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memory_votes TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.message_embeddings TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.message_embeddings TO memdb_admin;

GRANT UPDATE(embedding) ON TABLE memdb.message_embeddings TO memdb_app;

GRANT SELECT ON TABLE memdb.message_embeddings_1 TO memdb_app;
GRANT SELECT ON TABLE memdb.message_embeddings_1 TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.observation_embeddings TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.observation_embeddings TO memdb_admin;

GRANT UPDATE(embedding) ON TABLE memdb.observation_embeddings TO memdb_app;

GRANT SELECT ON TABLE memdb.observation_embeddings_1 TO memdb_app;
GRANT SELECT ON TABLE memdb.observation_embeddings_1 TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.profile_versions TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.profile_versions TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.profiles TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.profiles TO memdb_admin;

GRANT UPDATE(updated_at) ON TABLE memdb.profiles TO memdb_app;

GRANT UPDATE(deleted_at) ON TABLE memdb.profiles TO memdb_app;

GRANT UPDATE(version) ON TABLE memdb.profiles TO memdb_app;

GRANT UPDATE(document) ON TABLE memdb.profiles TO memdb_app;

GRANT SELECT,INSERT ON TABLE memdb.prompt_versions TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.prompt_versions TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.prompts TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.prompts TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.quota_slots TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.quota_slots TO memdb_admin;

GRANT SELECT,INSERT,DELETE ON TABLE memdb.role_abilities TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.role_abilities TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.roles TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.roles TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.session_events TO memdb_app;
GRANT SELECT,INSERT,DELETE ON TABLE memdb.session_events TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.session_observations TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.session_observations TO memdb_admin;

GRANT UPDATE(merged_into) ON TABLE memdb.session_observations TO memdb_app;

GRANT UPDATE(updated_at) ON TABLE memdb.session_observations TO memdb_app;

GRANT UPDATE(deleted_at) ON TABLE memdb.session_observations TO memdb_app;

GRANT UPDATE(observed_at) ON TABLE memdb.session_observations TO memdb_app;

GRANT UPDATE(referenced_at) ON TABLE memdb.session_observations TO memdb_app;

GRANT UPDATE(emotion_intensity) ON TABLE memdb.session_observations TO memdb_app;

GRANT UPDATE(version) ON TABLE memdb.session_observations TO memdb_app;

GRANT UPDATE(embedded) ON TABLE memdb.session_observations TO memdb_app;

GRANT UPDATE(status) ON TABLE memdb.session_observations TO memdb_app;

GRANT UPDATE(topic) ON TABLE memdb.session_observations TO memdb_app;

GRANT UPDATE(relative_offset) ON TABLE memdb.session_observations TO memdb_app;

GRANT UPDATE(emotion) ON TABLE memdb.session_observations TO memdb_app;

GRANT UPDATE(content) ON TABLE memdb.session_observations TO memdb_app;

GRANT UPDATE(entities) ON TABLE memdb.session_observations TO memdb_app;

GRANT UPDATE(message_ids) ON TABLE memdb.session_observations TO memdb_app;

GRANT UPDATE(metadata) ON TABLE memdb.session_observations TO memdb_app;

GRANT SELECT,INSERT ON TABLE memdb.session_summaries TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.session_summaries TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.sessions TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.sessions TO memdb_admin;

GRANT SELECT ON TABLE memdb.tenant_tables TO memdb_admin;

GRANT SELECT ON TABLE memdb.tenant_references TO memdb_admin;

GRANT SELECT,INSERT,DELETE ON TABLE memdb.thread_checkpoints TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.thread_checkpoints TO memdb_admin;

GRANT UPDATE(parent_id) ON TABLE memdb.thread_checkpoints TO memdb_app;

GRANT UPDATE(root_id) ON TABLE memdb.thread_checkpoints TO memdb_app;

GRANT UPDATE(run_id) ON TABLE memdb.thread_checkpoints TO memdb_app;

GRANT UPDATE(needs) ON TABLE memdb.thread_checkpoints TO memdb_app;

GRANT UPDATE(versions) ON TABLE memdb.thread_checkpoints TO memdb_app;

GRANT UPDATE(metadata) ON TABLE memdb.thread_checkpoints TO memdb_app;

GRANT UPDATE(plain) ON TABLE memdb.thread_checkpoints TO memdb_app;

GRANT UPDATE(state) ON TABLE memdb.thread_checkpoints TO memdb_app;

GRANT SELECT,INSERT,DELETE ON TABLE memdb.thread_values TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.thread_values TO memdb_admin;

GRANT SELECT,INSERT,DELETE ON TABLE memdb.thread_writes TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.thread_writes TO memdb_admin;

GRANT UPDATE(channel) ON TABLE memdb.thread_writes TO memdb_app;

GRANT UPDATE(type) ON TABLE memdb.thread_writes TO memdb_app;

GRANT UPDATE(data) ON TABLE memdb.thread_writes TO memdb_app;

GRANT SELECT,INSERT ON TABLE memdb.threads TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.threads TO memdb_admin;

GRANT UPDATE(deleted_at) ON TABLE memdb.threads TO memdb_app;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.token_spending TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.token_spending TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.token_uses TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.token_uses TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.tokens TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.tokens TO memdb_admin;

GRANT UPDATE(revoked_at) ON TABLE memdb.tokens TO memdb_app;

GRANT UPDATE(revoked_by) ON TABLE memdb.tokens TO memdb_app;

GRANT UPDATE(revoke_reason) ON TABLE memdb.tokens TO memdb_app;

GRANT SELECT,INSERT,DELETE ON TABLE memdb.transcript_entries TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.transcript_entries TO memdb_admin;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.transcripts TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.transcripts TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.triple_embeddings TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.triple_embeddings TO memdb_admin;

GRANT UPDATE(embedding) ON TABLE memdb.triple_embeddings TO memdb_app;

GRANT SELECT ON TABLE memdb.triple_embeddings_1 TO memdb_app;
GRANT SELECT ON TABLE memdb.triple_embeddings_1 TO memdb_admin;

GRANT SELECT ON TABLE memdb.word_tables TO memdb_admin;

GRANT SELECT ON TABLE memdb.writable_organizations TO memdb_app;
GRANT SELECT ON TABLE memdb.writable_organizations TO memdb_admin;
