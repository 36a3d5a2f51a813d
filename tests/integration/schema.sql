CREATE SCHEMA memdb;

COMMENT ON SCHEMA memdb IS 'memdb 0021_insights';

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

CREATE FUNCTION memdb.plan_for_values(wanted boolean) RETURNS boolean
    LANGUAGE sql
    RETURN (set_config('plan_cache_mode'::text, CASE WHEN wanted THEN 'force_custom_plan'::text ELSE 'force_generic_plan'::text END, true) IS NOT NULL);

CREATE FUNCTION memdb.use_hnsw(ef_search integer) RETURNS boolean
    LANGUAGE sql
    RETURN ((set_config('hnsw.ef_search'::text, (ef_search)::text, true) IS NOT NULL) AND (set_config('hnsw.iterative_scan'::text, 'relaxed_order'::text, true) IS NOT NULL) AND (set_config('hnsw.max_scan_tuples'::text, '40000'::text, true) IS NOT NULL) AND memdb.plan_for_values(true));

CREATE DOMAIN memdb.hnsw_ef_search AS integer
	CONSTRAINT hnsw_ef_search_is_set CHECK (memdb.use_hnsw(VALUE))
	CONSTRAINT hnsw_ef_search_range CHECK (((VALUE >= 1) AND (VALUE <= 1000)));

CREATE DOMAIN memdb.planned_for_values AS boolean
	CONSTRAINT planned_for_values_is_set CHECK (memdb.plan_for_values(VALUE));

CREATE FUNCTION memdb.enter(org uuid) RETURNS uuid
    LANGUAGE sql
    RETURN (set_config('memdb.org_id'::text, (org)::text, true))::uuid;

CREATE DOMAIN memdb.tenant AS uuid
	CONSTRAINT tenant_is_entered CHECK ((memdb.enter(VALUE) IS NOT NULL))
	CONSTRAINT tenant_is_given CHECK ((VALUE IS NOT NULL));

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
    CALL memdb.isolate(format('memdb.%I', kind || '_embeddings')::regclass);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE (embedding) ON memdb.%I TO memdb_app', kind || '_embeddings');
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.%I TO memdb_admin', kind || '_embeddings');
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
    EXECUTE format('GRANT SELECT ON memdb.%I TO memdb_app, memdb_admin', format('%s_%s', name, added));
END
$$;

CREATE FUNCTION memdb.fact_key(value jsonb, content text) RETURNS bytea
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
BEGIN
    RETURN CASE jsonb_typeof(value)
        WHEN 'string' THEN memdb.content_hash('string ' || (value #>> '{}'))
        WHEN 'number' THEN memdb.content_hash('number ' || trim_scale(value::numeric))
        ELSE CASE WHEN value IS NULL THEN memdb.content_hash(content) ELSE sha256(convert_to(value::text, 'UTF8')) END
    END;
END
$$;

CREATE FUNCTION memdb.new_id() RETURNS uuid
    LANGUAGE sql PARALLEL SAFE
    RETURN uuidv7();

CREATE FUNCTION memdb.words(language text, content text, asked boolean DEFAULT false) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
DECLARE
    configuration CONSTANT regconfig := ('pg_catalog.' || language)::regconfig;
    words tsvector;
BEGIN
    -- Most texts have nothing that the parser does not know.
    IF content !~ '[^\u0001-\u007f]|[<>&]|[a-zA-Z0-9][._/\\:@=?#+~-]+[a-zA-Z0-9]|(?:^|\s)[/~]|[a-z0-9][A-Z]|[A-Z][A-Z][a-z]|[a-zA-Z](?:\+\+|#)' THEN
        RETURN to_tsvector(configuration, content);
    END IF;
    words := to_tsvector(configuration, memdb.spaced(content, asked)) || array_to_tsvector(memdb.identifiers(content));
    IF content ~ '[a-z0-9][A-Z]|[A-Z][A-Z][a-z]' THEN
        words := words || strip(to_tsvector(configuration, (
            SELECT coalesce(
                string_agg(
                    regexp_replace(regexp_replace(camel.found[1], '([a-z0-9])([A-Z])', '\1 \2', 'g'), '([A-Z])([A-Z][a-z])', '\1 \2', 'g'), ' '
                ),
                ''
            )
            FROM regexp_matches(content, '(?<![a-zA-Z0-9])([a-zA-Z0-9]*(?:[a-z0-9][A-Z]|[A-Z][A-Z][a-z])[a-zA-Z0-9]*)', 'g') AS camel (found)
        )));
    END IF;
    RETURN words;
END
$$;

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
    same uuid;
    alike uuid[];
    confirmed integer;
    overlapping uuid[];
    standing uuid[];
    surest double precision;
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

        -- Those that say the same at an overlapping time, and the first that is valid for as long. In two statements, for the index's sake.
        IF given.attribute IS NULL THEN
            SELECT
                array_agg(f.id),
                (array_agg(f.id ORDER BY f.id) FILTER (WHERE f.lasts))[1],
                max(f.confirmations) + 1,
                greatest(given.confidence, max(f.confidence))
            INTO alike, same, confirmed, given.confidence
            FROM (
                SELECT
                    o.id,
                    o.confirmations,
                    o.confidence,
                    o.valid_from <= since AND coalesce(o.valid_until >= given.valid_until, o.valid_until IS NULL) AS lasts
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
            SELECT
                array_agg(f.id),
                (array_agg(f.id ORDER BY f.id) FILTER (WHERE f.lasts))[1],
                max(f.confirmations) + 1,
                greatest(given.confidence, max(f.confidence))
            INTO alike, same, confirmed, given.confidence
            FROM (
                SELECT
                    o.id,
                    o.confirmations,
                    o.confidence,
                    o.valid_from <= since AND coalesce(o.valid_until >= given.valid_until, o.valid_until IS NULL) AS lasts
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
        replaced := coalesce(alike, '{}');
        IF known.conflict_policy = 'keep_both' THEN
            IF EXISTS (
                SELECT FROM memdb.facts AS o
                WHERE o.org_id = tenant
                    AND o.entity_id = about
                    AND o.attribute = given.attribute
                    AND o.id <> ALL (replaced)
                    AND o.status = 'active'
                    AND o.deleted_at IS NULL
                    AND coalesce(o.valid_from < given.valid_until, true)
                    AND coalesce(o.valid_until > since, true)
            ) THEN
                outcome := 'kept_both';
            END IF;
        ELSIF known.conflict_policy IS NOT NULL THEN
            -- What has expired does not stand in the way.
            SELECT
                array_agg(f.id),
                array_agg(f.id ORDER BY f.confidence DESC, f.id DESC) FILTER (WHERE f.contradicts),
                max(f.confidence) FILTER (WHERE f.contradicts)
            INTO overlapping, standing, surest
            FROM (
                SELECT o.id, o.confidence, o.id <> ALL (replaced) AND coalesce(o.expires_at > moment, true) AS contradicts
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
            IF standing <> '{}' AND (known.conflict_policy = 'reject' OR (known.conflict_policy = 'highest_confidence' AND surest > given.confidence))
            THEN
                SELECT f.* INTO STRICT fact FROM memdb.facts AS f WHERE f.org_id = tenant AND f.id = standing[1];
                replaced := '{}';
                outcome := 'rejected';
                RETURN NEXT;
                CONTINUE;
            END IF;
            replaced := coalesce(overlapping, '{}');
        END IF;
        IF replaced <> '{}' THEN
            outcome := 'superseded';
        END IF;
        given.id := coalesce(given.id, memdb.new_id());

        WITH superseded AS (
            UPDATE memdb.facts AS f
            SET
                status = memdb.next_fact_status(f.status, 'superseded'),
                superseded_by = given.id,
                held_until = f.valid_until,
                valid_until = greatest(f.valid_from, least(f.valid_until, since)),
                invalidated_at = moment,
                updated_at = greatest(f.updated_at, moment),
                version = f.version + 1
            WHERE f.org_id = tenant
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
            context, content, annotation, value, metadata
        )
        SELECT
            tenant, given.id, writer, about, given.session_id, given.user_id, given.event_id, moment, since, given.valid_until, expiry, moment,
            given.confidence, given.importance, CASE WHEN confirmed > 0 THEN moment END, coalesce(confirmed, 0), given.embedded, given.sensitive, given.needs_confirmation, words, given.attribute,
            given.category, given.speaker, given.context, given.content, given.annotation, given.value, given.metadata
        -- Counting the superseded makes them give up their place first.
        FROM (SELECT count(*) FROM superseded) AS made
        RETURNING f.* INTO STRICT fact;
        RETURN NEXT;
    END LOOP;
END
$_$;

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
            AND m.position BETWEEN first AND last
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

CREATE FUNCTION memdb.content_hash(content text) RETURNS bytea
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    RETURN sha256(convert_to(lower(btrim(regexp_replace(content, '\s+', ' ', 'g'))), 'UTF8'));
END
$$;

CREATE PROCEDURE memdb.define_indexed_embeddings()
    LANGUAGE plpgsql
    AS $_$
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
$_$;

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

CREATE FUNCTION memdb.estimated_tokens(content text, tool_calls jsonb) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (((char_length(content) + CASE WHEN (tool_calls = '[]'::jsonb) THEN 0 ELSE char_length((tool_calls)::text) END) + 3) / 4);

CREATE FUNCTION memdb.holds(fact memdb.facts, as_of timestamp with time zone, known_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN (((known_at IS NULL) OR ((fact).ingested_at <= known_at)) AND ((known_at IS NULL) OR (as_of IS NOT NULL) OR COALESCE(((fact).invalidated_at > known_at), true)) AND ((as_of IS NULL) OR ((fact).valid_from <= as_of)) AND ((as_of IS NULL) OR COALESCE((CASE WHEN ((fact).invalidated_at > known_at) THEN (fact).held_until ELSE (fact).valid_until END > as_of), true)) AND COALESCE(((fact).expires_at > COALESCE(as_of, known_at)), true));

CREATE FUNCTION memdb.identifiers(content text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    IF content !~ '[a-zA-Z0-9][._/\\:@-]+[a-zA-Z0-9]|[a-zA-Z](?:\+\+|#)' THEN
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
DECLARE
    day CONSTANT timestamp := observed_at AT TIME ZONE 'UTC';
    months CONSTANT text[] := CASE language
        WHEN 'english' THEN '{January,February,March,April,May,June,July,August,September,October,November,December}'
        WHEN 'french' THEN '{janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,décembre}'
        WHEN 'german' THEN '{Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,Dezember}'
        WHEN 'spanish' THEN '{enero,febrero,marzo,abril,mayo,junio,julio,agosto,septiembre,octubre,noviembre,diciembre}'
        ELSE '{}'
    END;
BEGIN
    IF NOT isfinite(observed_at) THEN
        RETURN '';
    END IF;
    RETURN setweight(
        to_tsvector(
            ('pg_catalog.' || language)::regconfig,
            concat_ws(' ', extract(day FROM day), months[extract(month FROM day)::int], extract(year FROM day))
        ),
        'C'
    );
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
    CONSTRAINT memories_category_known CHECK ((category = ANY (ARRAY['factual'::text, 'preference'::text, 'behavioral'::text, 'episodic'::text, 'procedural'::text]))),
    CONSTRAINT memories_confidence_range CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
    CONSTRAINT memories_content_length CHECK ((char_length(content) <= 8192)),
    CONSTRAINT memories_content_not_empty CHECK ((content ~ '\S'::text)),
    CONSTRAINT memories_embedding_model_length CHECK (((char_length(embedding_model) >= 1) AND (char_length(embedding_model) <= 256))),
    CONSTRAINT memories_embedding_model_needs_embedding CHECK (((embedding_model IS NULL) OR embedded)),
    CONSTRAINT memories_expiry_after_creation CHECK ((expires_at > created_at)),
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
$_$;

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

CREATE PROCEDURE memdb.isolate(IN isolated regclass)
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', isolated);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', isolated);
    EXECUTE format(
        'CREATE POLICY tenant ON %s USING (org_id = nullif(current_setting(%L, true), %L)::uuid)', isolated, 'memdb.org_id', ''
    );
    EXECUTE format('CREATE POLICY admin ON %s TO memdb_admin USING (true)', isolated);
END
$$;

CREATE FUNCTION memdb.lowered(content text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
        BEGIN
            RETURN lower(normalize(content, NFKC) COLLATE pg_catalog.pg_c_utf8);
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

CREATE FUNCTION memdb.next_version(current integer, expected integer) RETURNS integer
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    IF expected <> current THEN
        RAISE EXCEPTION 'version conflict' USING ERRCODE = 'MV001', DETAIL = format('%s %s', expected, current);
    END IF;
    RETURN current + 1;
END
$$;

CREATE FUNCTION memdb.not_archived(status text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RETURN status NOT IN ('cold_archived', 'deep_archived') OR memdb.open_status(status) IS NULL;
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
    SELECT coalesce(max(s.space), 0) + 1, wanted_dimension, wanted_model FROM memdb.embedding_spaces AS s
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

CREATE FUNCTION memdb.open_status(current text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    IF current = 'active' THEN
        RETURN current;
    END IF;
    RAISE EXCEPTION 'session closed' USING ERRCODE = 'MV006', DETAIL = current;
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
    configuration CONSTANT regconfig := ('pg_catalog.' || language)::regconfig;
    -- An excluded phrase, a phrase, an excluded word, or anything else.
    parts CONSTANT text := '(?:^|\s)-"([^"]+)"|"([^"]+)"|(?:^|\s)-([^-\s"0-9][^\s"]*)|([^\s"]+|")';
    plain text := question;
    part text[];
    phrase text;
    condition tsquery;
BEGIN
    IF question ~ '"|(?:^|\s)-' THEN
        plain := (SELECT coalesce(string_agg(coalesce(p.part[2], p.part[4]), ' '), '') FROM regexp_matches(question, parts, 'g') AS p (part));
        FOR part IN SELECT p.part FROM regexp_matches(question, parts, 'g') AS p (part) WHERE p.part[4] IS NULL LIMIT 64 LOOP
            phrase := coalesce(part[1], part[2], part[3]);
            condition := phraseto_tsquery(configuration, memdb.spaced(phrase, true));
            IF condition::text ~ '^''[^\u0001-\u0dff]''$' THEN
                condition := memdb.query_of(btrim(condition::text, ''''));
            END IF;
            -- Without its signs, C++ is the letter.
            SELECT coalesce(string_agg(memdb.query_of(i.identifier)::text, '&')::tsquery && condition, condition)
            INTO condition
            FROM unnest(memdb.identifiers(phrase)) AS i (identifier)
            WHERE i.identifier ~ '[+#]$';
            CONTINUE WHEN numnode(condition) = 0;
            IF part[2] IS NULL THEN
                condition := !! condition;
            END IF;
            required := CASE WHEN required IS NULL THEN condition ELSE required && condition END;
        END LOOP;
        -- What weighs D is the content: the day it was observed on is not in a phrase, and not to be excluded.
        required := regexp_replace(required::text, '(''(?:[^'']|'''')+'')(?::([*]))?', '\1:\2D', 'g')::tsquery;
    END IF;
    words := ARRAY(
        SELECT memdb.query_of(w.lexeme)
        FROM unnest(memdb.words(language, plain, true)) AS w
        -- A long text is judged by its beginning: each word costs a look at every memory of the scope.
        ORDER BY w.positions[1], w.lexeme
        LIMIT 64
    );
END
$_$;

CREATE FUNCTION memdb.quota_share(total bigint, slot integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (floor(((((total + 15) - slot))::numeric / 16.0)))::bigint;

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

CREATE FUNCTION memdb.refuse_write(kind text, state text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RAISE EXCEPTION 'no writes' USING ERRCODE = 'MV002', DETAIL = format('%s|%s', kind, state);
END
$$;

CREATE FUNCTION memdb.says_name(content text, name text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
BEGIN
    -- What has no spaces may have the name anywhere: Thai, Lao, Burmese, Khmer, and from Chinese to Korean.
    RETURN position(lower(name) IN lower(content)) > 0 AND (
        name ~ '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ud7ff\uf900-\ufaff]'
        OR lower(content) ~ ('(?<!\w)' || regexp_replace(lower(name), '([^\w\s])', '\\\1', 'g') || '(?!\w)')
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
        spaced := regexp_replace(memdb.lowered(spaced), '[' || symbols || ']+', ' ', 'g');
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
    -- Decimal numbers, and words with a hyphen, are the parser's own; but it takes what stands between < and > for a tag, and & for an entity.
    RETURN regexp_replace(
        translate(spaced, '<>&', '   '),
        '([0-9])[-:/]+(?=[0-9])|([a-zA-Z])-+(?=[0-9])|([a-zA-Z0-9])[_/\\:@=?#~]+(?=[a-zA-Z0-9])|([a-zA-Z])[.]+(?=[a-zA-Z0-9])'
        '|([0-9])[.](?=[a-zA-Z]|[0-9]+[.][0-9])|([.][0-9]+)[.](?=[0-9])|(^|\s)[/~]+(?=[a-zA-Z0-9])',
        '\1\2\3\4\5\6\7 ',
        'g'
    );
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

CREATE FUNCTION memdb.text_digest(content text) RETURNS bytea
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    RETURN sha256(convert_to(content, 'UTF8'));
END
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
            CONTINUE WHEN message.role = 'system';
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

CREATE AGGREGATE memdb.chained(head bytea, entry bytea) (
    SFUNC = memdb.chain_step,
    STYPE = bytea
);

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
    embeddings public.halfvec[] NOT NULL
);

ALTER TABLE ONLY memdb.archived_messages FORCE ROW LEVEL SECURITY;

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
    CONSTRAINT clusters_label_length CHECK (((char_length(label) >= 1) AND (char_length(label) <= 128))),
    CONSTRAINT clusters_merged_fits CHECK ((((status = 'merged'::text) = (merged_into IS NOT NULL)) AND (merged_into <> id))),
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
    CONSTRAINT edges_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192))),
    CONSTRAINT edges_not_to_itself CHECK ((source_id <> target_id)),
    CONSTRAINT edges_provenance_length CHECK (((char_length(provenance) >= 1) AND (char_length(provenance) <= 32))),
    CONSTRAINT edges_type_form CHECK ((type ~ '^[a-z][a-z0-9_]{0,63}$'::text)),
    CONSTRAINT edges_valid_interval CHECK ((valid_until > valid_from)),
    CONSTRAINT edges_weight_range CHECK (((weight >= (0)::double precision) AND (weight <= (1)::double precision)))
)
WITH (fillfactor='80');

ALTER TABLE ONLY memdb.edges FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.embedding_spaces (
    space smallint NOT NULL,
    dimension integer NOT NULL,
    model text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    current_since timestamp with time zone,
    CONSTRAINT embedding_spaces_dimension_range CHECK (((dimension >= 1) AND (dimension <= 4000))),
    CONSTRAINT embedding_spaces_model_length CHECK (((char_length(model) >= 1) AND (char_length(model) <= 256)))
);

CREATE VIEW memdb.embedding_tables AS
 SELECT (p.partrelid)::regclass AS embeddings,
    c.relname AS name
   FROM (pg_partitioned_table p
     JOIN pg_class c ON ((c.oid = p.partrelid)))
  WHERE (c.relnamespace = ('memdb'::regnamespace)::oid);

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
    key text NOT NULL,
    name text NOT NULL,
    summary text,
    profile text,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT entities_importance_range CHECK (((importance >= (0)::double precision) AND (importance <= (1)::double precision))),
    CONSTRAINT entities_key_length CHECK (((char_length(key) >= 1) AND (char_length(key) <= 256))),
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

ALTER TABLE ONLY memdb.entities FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.entity_aliases (
    org_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    entity_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    key text NOT NULL,
    alias text NOT NULL,
    CONSTRAINT entity_aliases_alias_length CHECK (((char_length(alias) >= 1) AND (char_length(alias) <= 256))),
    CONSTRAINT entity_aliases_key_length CHECK (((char_length(key) >= 1) AND (char_length(key) <= 256)))
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
    ((embedding)::public.halfvec(384))::public.halfvec AS embedding
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
    CONSTRAINT insights_status_known CHECK ((status = ANY (ARRAY['active'::text, 'retired'::text]))),
    CONSTRAINT insights_title_length CHECK (((char_length(title) >= 1) AND (char_length(title) <= 256))),
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
    trigger text NOT NULL,
    condition text,
    action text NOT NULL,
    context text,
    outcome text,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT intentions_action_length CHECK (((char_length(action) >= 1) AND (char_length(action) <= 2000))),
    CONSTRAINT intentions_condition_length CHECK (((char_length(condition) >= 1) AND (char_length(condition) <= 2000))),
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

ALTER TABLE ONLY memdb.intentions FORCE ROW LEVEL SECURITY;

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
    CONSTRAINT messages_calls_of_assistant CHECK (((tool_calls = '[]'::jsonb) OR (role = 'assistant'::text))),
    CONSTRAINT messages_content_length CHECK ((char_length(content) <= 100000)),
    CONSTRAINT messages_content_not_empty CHECK (((content ~ '\S'::text) OR (role = 'tool'::text) OR (tool_calls <> '[]'::jsonb))),
    CONSTRAINT messages_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192))),
    CONSTRAINT messages_model_length CHECK (((char_length(model) >= 1) AND (char_length(model) <= 256))),
    CONSTRAINT messages_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
    CONSTRAINT messages_result_has_call CHECK (((role = 'tool'::text) = (asked_position IS NOT NULL))),
    CONSTRAINT messages_result_names_call CHECK (((role = 'tool'::text) = (tool_call_id IS NOT NULL))),
    CONSTRAINT messages_role_known CHECK ((role = ANY (ARRAY['system'::text, 'user'::text, 'assistant'::text, 'tool'::text]))),
    CONSTRAINT messages_tokens_range CHECK (((tokens >= 0) AND (tokens <= 10000000))),
    CONSTRAINT messages_tool_call_id_length CHECK (((char_length(tool_call_id) >= 1) AND (char_length(tool_call_id) <= 200))),
    CONSTRAINT messages_tool_calls_array CHECK (((jsonb_typeof(tool_calls) = 'array'::text) AND (octet_length((tool_calls)::text) <= 65536)))
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
    m.deleted_at
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
    a.deleted_at
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

CREATE TABLE memdb.users (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    email text NOT NULL,
    email_key text GENERATED ALWAYS AS (lower(email)) STORED NOT NULL,
    name text,
    role text DEFAULT 'member'::text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    sso_provider text,
    sso_subject text,
    CONSTRAINT users_email_format CHECK (((email ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text) AND (char_length(email) <= 320))),
    CONSTRAINT users_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
    CONSTRAINT users_role_known CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text, 'viewer'::text]))),
    CONSTRAINT users_sso_complete CHECK (((sso_provider IS NULL) = (sso_subject IS NULL))),
    CONSTRAINT users_status_known CHECK ((status = ANY (ARRAY['active'::text, 'invited'::text, 'suspended'::text, 'deactivated'::text])))
);

ALTER TABLE ONLY memdb.users FORCE ROW LEVEL SECURITY;

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

ALTER TABLE ONLY memdb.memory_embeddings ATTACH PARTITION memdb.memory_embeddings_1 FOR VALUES IN ('1');

ALTER TABLE ONLY memdb.message_embeddings ATTACH PARTITION memdb.message_embeddings_1 FOR VALUES IN ('1');

ALTER TABLE ONLY memdb.observation_embeddings ATTACH PARTITION memdb.observation_embeddings_1 FOR VALUES IN ('1');

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

ALTER TABLE ONLY memdb.token_spending
    ADD CONSTRAINT token_spending_pkey PRIMARY KEY (org_id, agent_id, month, slot);

ALTER TABLE ONLY memdb.token_uses
    ADD CONSTRAINT token_uses_pkey PRIMARY KEY (org_id, token_id);

ALTER TABLE ONLY memdb.tokens
    ADD CONSTRAINT tokens_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (org_id, id);

CREATE INDEX agents_created_by ON memdb.agents USING btree (org_id, created_by) WHERE (created_by IS NOT NULL);

CREATE UNIQUE INDEX agents_slug_unique ON memdb.agents USING btree (org_id, slug) WHERE (deleted_at IS NULL);

CREATE UNIQUE INDEX archived_messages_id_unique ON memdb.archived_messages USING btree (org_id, id);

CREATE UNIQUE INDEX audit_log_chain ON memdb.audit_log USING btree (org_id, seq) WHERE (seq IS NOT NULL);

CREATE INDEX audit_log_of_resource ON memdb.audit_log USING btree (org_id, resource_type, resource_id, id);

CREATE INDEX audit_log_unsealed ON memdb.audit_log USING btree (org_id, id) WHERE (seq IS NULL);

CREATE INDEX cluster_embeddings_of_agent ON ONLY memdb.cluster_embeddings USING btree (org_id, agent_id, cluster_id);

CREATE INDEX cluster_embeddings_1_org_id_agent_id_cluster_id_idx ON memdb.cluster_embeddings_1 USING btree (org_id, agent_id, cluster_id);

CREATE INDEX cluster_facts_of_cluster ON memdb.cluster_facts USING btree (org_id, cluster_id, fact_id);

CREATE INDEX clusters_active ON memdb.clusters USING btree (org_id, agent_id, id) WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX clusters_merged_into ON memdb.clusters USING btree (org_id, merged_into) WHERE (merged_into IS NOT NULL);

CREATE INDEX clusters_of_agent ON memdb.clusters USING btree (org_id, agent_id, id);

CREATE INDEX edges_from ON memdb.edges USING btree (org_id, source_id, target_id) WHERE (invalidated_at IS NULL);

CREATE INDEX edges_of_agent ON memdb.edges USING btree (org_id, agent_id, id);

CREATE INDEX edges_of_fact ON memdb.edges USING btree (org_id, fact_id) WHERE (fact_id IS NOT NULL);

CREATE INDEX edges_of_target ON memdb.edges USING btree (org_id, target_id);

CREATE INDEX edges_to ON memdb.edges USING btree (org_id, target_id, source_id) WHERE (invalidated_at IS NULL);

CREATE UNIQUE INDEX embedding_spaces_model_unique ON memdb.embedding_spaces USING btree (model);

CREATE INDEX entities_deleted ON memdb.entities USING btree (org_id, COALESCE(deleted_at, '-infinity'::timestamp with time zone)) WHERE (COALESCE(deleted_at, '-infinity'::timestamp with time zone) > '-infinity'::timestamp with time zone);

CREATE UNIQUE INDEX entities_key_unique ON memdb.entities USING btree (org_id, agent_id, key) WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX entities_merged_into ON memdb.entities USING btree (org_id, merged_into) WHERE (merged_into IS NOT NULL);

CREATE INDEX entities_of_agent ON memdb.entities USING btree (org_id, agent_id, last_seen_at, id) WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX entities_unembedded ON memdb.entities USING btree (org_id, id) WHERE ((NOT embedded) AND (status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX entity_aliases_of_entity ON memdb.entity_aliases USING btree (org_id, entity_id, key);

CREATE INDEX entity_embeddings_of_agent ON ONLY memdb.entity_embeddings USING btree (org_id, agent_id, entity_id);

CREATE INDEX entity_embeddings_1_org_id_agent_id_entity_id_idx ON memdb.entity_embeddings_1 USING btree (org_id, agent_id, entity_id);

CREATE UNIQUE INDEX erasures_one_under_way ON memdb.erasures USING btree (org_id, user_id) NULLS NOT DISTINCT WHERE (finished_at IS NULL);

CREATE INDEX event_embeddings_of_agent ON ONLY memdb.event_embeddings USING btree (org_id, agent_id, event_id);

CREATE INDEX event_embeddings_1_org_id_agent_id_event_id_idx ON memdb.event_embeddings_1 USING btree (org_id, agent_id, event_id);

CREATE INDEX events_of_agent ON memdb.events USING btree (org_id, agent_id, occurred_at, id);

CREATE INDEX events_of_session ON memdb.events USING btree (org_id, session_id, occurred_at, id) WHERE (session_id IS NOT NULL);

CREATE INDEX events_of_user ON memdb.events USING btree (org_id, user_id, id) WHERE (user_id IS NOT NULL);

CREATE INDEX events_unembedded ON memdb.events USING btree (org_id, id) WHERE (NOT embedded);

CREATE INDEX fact_embeddings_of_agent ON ONLY memdb.fact_embeddings USING btree (org_id, agent_id, fact_id);

CREATE INDEX fact_embeddings_1_org_id_agent_id_fact_id_idx ON memdb.fact_embeddings_1 USING btree (org_id, agent_id, fact_id);

CREATE INDEX fact_entities_of_entity ON memdb.fact_entities USING btree (org_id, entity_id, fact_id);

CREATE INDEX facts_active ON memdb.facts USING btree (org_id, agent_id, id) WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX facts_deleted ON memdb.facts USING btree (org_id, COALESCE(deleted_at, '-infinity'::timestamp with time zone)) WHERE (COALESCE(deleted_at, '-infinity'::timestamp with time zone) > '-infinity'::timestamp with time zone);

CREATE INDEX facts_expiring ON memdb.facts USING btree (org_id, expires_at) WHERE ((expires_at IS NOT NULL) AND (status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX facts_of_agent ON memdb.facts USING btree (org_id, agent_id, id) WHERE (deleted_at IS NULL);

CREATE INDEX facts_of_attribute ON memdb.facts USING btree (org_id, agent_id, attribute, id) WHERE ((attribute IS NOT NULL) AND (deleted_at IS NULL));

CREATE INDEX facts_of_entity ON memdb.facts USING btree (org_id, entity_id, status, attribute, same_key);

CREATE INDEX facts_of_event ON memdb.facts USING btree (org_id, event_id) WHERE (event_id IS NOT NULL);

CREATE INDEX facts_of_session ON memdb.facts USING btree (org_id, session_id, id) WHERE (session_id IS NOT NULL);

CREATE INDEX facts_of_user ON memdb.facts USING btree (org_id, user_id, id) WHERE (user_id IS NOT NULL);

CREATE UNIQUE INDEX facts_same_unique ON memdb.facts USING btree (org_id, entity_id, attribute, same_key, valid_until) NULLS NOT DISTINCT WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX facts_superseded_by ON memdb.facts USING btree (org_id, superseded_by) WHERE (superseded_by IS NOT NULL);

CREATE INDEX facts_unembedded ON memdb.facts USING btree (org_id, id) WHERE ((NOT embedded) AND (status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX insight_embeddings_of_agent ON ONLY memdb.insight_embeddings USING btree (org_id, agent_id, insight_id);

CREATE INDEX insight_embeddings_1_org_id_agent_id_insight_id_idx ON memdb.insight_embeddings_1 USING btree (org_id, agent_id, insight_id);

CREATE INDEX insight_events_of_event ON memdb.insight_events USING btree (org_id, event_id, insight_id);

CREATE INDEX insight_facts_of_fact ON memdb.insight_facts USING btree (org_id, fact_id, insight_id);

CREATE INDEX insights_active ON memdb.insights USING btree (org_id, agent_id, id) WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX insights_of_agent ON memdb.insights USING btree (org_id, agent_id, id);

CREATE INDEX insights_of_user ON memdb.insights USING btree (org_id, user_id, id) WHERE (user_id IS NOT NULL);

CREATE INDEX insights_unembedded ON memdb.insights USING btree (org_id, id) WHERE ((NOT embedded) AND (status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX intention_embeddings_of_agent ON ONLY memdb.intention_embeddings USING btree (org_id, agent_id, intention_id);

CREATE INDEX intention_embeddings_1_org_id_agent_id_intention_id_idx ON memdb.intention_embeddings_1 USING btree (org_id, agent_id, intention_id);

CREATE INDEX intentions_due ON memdb.intentions USING btree (org_id, due_at, id) WHERE ((status = ANY (ARRAY['pending'::text, 'triggered'::text])) AND (due_at IS NOT NULL) AND (deleted_at IS NULL));

CREATE INDEX intentions_of_agent ON memdb.intentions USING btree (org_id, agent_id, id);

CREATE INDEX intentions_of_session ON memdb.intentions USING btree (org_id, session_id, id) WHERE (session_id IS NOT NULL);

CREATE INDEX intentions_of_user ON memdb.intentions USING btree (org_id, user_id, id) WHERE (user_id IS NOT NULL);

CREATE INDEX intentions_open ON memdb.intentions USING btree (org_id, agent_id, id) WHERE ((status = ANY (ARRAY['pending'::text, 'triggered'::text])) AND (deleted_at IS NULL));

CREATE UNIQUE INDEX legal_holds_name_unique ON memdb.legal_holds USING btree (org_id, name) WHERE (released_at IS NULL);

CREATE UNIQUE INDEX memories_content_unique ON memdb.memories USING btree (org_id, content_hash, agent_id, user_id) NULLS NOT DISTINCT WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX memories_ended ON memdb.memories USING btree (org_id, COALESCE(deleted_at, expires_at)) WHERE (COALESCE(deleted_at, expires_at) IS NOT NULL);

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

CREATE INDEX messages_of_system ON memdb.messages USING btree (org_id, session_id, "position") WHERE ((role = 'system'::text) AND (deleted_at IS NULL));

CREATE INDEX messages_with_open_calls ON memdb.messages USING btree (org_id, session_id, "position") WHERE ((open_calls <> '{}'::text[]) AND (deleted_at IS NULL));

CREATE INDEX observation_embeddings_of_agent ON ONLY memdb.observation_embeddings USING btree (org_id, agent_id, observation_id);

CREATE INDEX observation_embeddings_1_org_id_agent_id_observation_id_idx ON memdb.observation_embeddings_1 USING btree (org_id, agent_id, observation_id);

CREATE UNIQUE INDEX organizations_slug_unique ON memdb.organizations USING btree (slug) WHERE (deleted_at IS NULL);

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

CREATE INDEX token_spending_of_month ON memdb.token_spending USING btree (org_id, month, agent_id);

CREATE UNIQUE INDEX tokens_hash_unique ON memdb.tokens USING btree (org_id, hash);

CREATE INDEX tokens_of_agent ON memdb.tokens USING btree (org_id, agent_id, id) WHERE (agent_id IS NOT NULL);

CREATE INDEX tokens_of_user ON memdb.tokens USING btree (org_id, user_id, id) WHERE (user_id IS NOT NULL);

CREATE UNIQUE INDEX users_email_unique ON memdb.users USING btree (org_id, email_key) WHERE (deleted_at IS NULL);

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

ALTER INDEX memdb.memory_embeddings_of_agent ATTACH PARTITION memdb.memory_embeddings_1_org_id_agent_id_memory_id_idx;

ALTER INDEX memdb.memory_embeddings_pkey ATTACH PARTITION memdb.memory_embeddings_1_pkey;

ALTER INDEX memdb.message_embeddings_of_session ATTACH PARTITION memdb.message_embeddings_1_org_id_session_id_message_id_idx;

ALTER INDEX memdb.message_embeddings_pkey ATTACH PARTITION memdb.message_embeddings_1_pkey;

ALTER INDEX memdb.observation_embeddings_of_agent ATTACH PARTITION memdb.observation_embeddings_1_org_id_agent_id_observation_id_idx;

ALTER INDEX memdb.observation_embeddings_pkey ATTACH PARTITION memdb.observation_embeddings_1_pkey;

CREATE STATISTICS memdb.archived_messages_session_of_organization (dependencies) ON org_id, session_id FROM memdb.archived_messages;

CREATE STATISTICS memdb.entities_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.entities;

CREATE STATISTICS memdb.events_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.events;

CREATE STATISTICS memdb.facts_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.facts;

CREATE STATISTICS memdb.memories_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.memories;

CREATE STATISTICS memdb.memory_embeddings_1_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.memory_embeddings_1;

CREATE STATISTICS memdb.messages_session_of_organization (dependencies) ON org_id, session_id FROM memdb.messages;

CREATE STATISTICS memdb.session_observations_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.session_observations;

CREATE STATISTICS memdb.session_summaries_session_of_organization (dependencies) ON org_id, session_id FROM memdb.session_summaries;

CREATE STATISTICS memdb.sessions_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.sessions;

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
    ADD CONSTRAINT clusters_merged_exists FOREIGN KEY (org_id, merged_into) REFERENCES memdb.clusters(org_id, id);

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
    ADD CONSTRAINT entities_merged_exists FOREIGN KEY (org_id, merged_into) REFERENCES memdb.entities(org_id, id);

ALTER TABLE ONLY memdb.entity_aliases
    ADD CONSTRAINT entity_aliases_entity_exists FOREIGN KEY (org_id, entity_id) REFERENCES memdb.entities(org_id, id) ON DELETE CASCADE;

ALTER TABLE memdb.entity_embeddings
    ADD CONSTRAINT entity_embeddings_entity_exists FOREIGN KEY (org_id, entity_id) REFERENCES memdb.entities(org_id, id) ON DELETE CASCADE;

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
    ADD CONSTRAINT facts_entity_exists FOREIGN KEY (org_id, entity_id) REFERENCES memdb.entities(org_id, id);

ALTER TABLE ONLY memdb.facts
    ADD CONSTRAINT facts_event_exists FOREIGN KEY (org_id, event_id) REFERENCES memdb.events(org_id, id);

ALTER TABLE ONLY memdb.facts
    ADD CONSTRAINT facts_session_exists FOREIGN KEY (org_id, session_id) REFERENCES memdb.sessions(org_id, id);

ALTER TABLE ONLY memdb.facts
    ADD CONSTRAINT facts_superseded_exists FOREIGN KEY (org_id, superseded_by) REFERENCES memdb.facts(org_id, id);

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

ALTER TABLE ONLY memdb.legal_holds
    ADD CONSTRAINT legal_holds_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.legal_holds
    ADD CONSTRAINT legal_holds_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.legal_holds
    ADD CONSTRAINT legal_holds_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id);

ALTER TABLE ONLY memdb.memories
    ADD CONSTRAINT memories_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.memories
    ADD CONSTRAINT memories_merged_exists FOREIGN KEY (org_id, merged_into) REFERENCES memdb.memories(org_id, id);

ALTER TABLE ONLY memdb.memories
    ADD CONSTRAINT memories_successor_exists FOREIGN KEY (org_id, superseded_by) REFERENCES memdb.memories(org_id, id);

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
    ADD CONSTRAINT session_observations_merged_exists FOREIGN KEY (org_id, merged_into) REFERENCES memdb.session_observations(org_id, id);

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

ALTER TABLE ONLY memdb.token_spending
    ADD CONSTRAINT token_spending_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.token_uses
    ADD CONSTRAINT token_uses_token_exists FOREIGN KEY (org_id, token_id) REFERENCES memdb.tokens(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.tokens
    ADD CONSTRAINT tokens_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.tokens
    ADD CONSTRAINT tokens_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.tokens
    ADD CONSTRAINT tokens_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id);

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

CREATE POLICY admin ON memdb.directive_versions TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.directives TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.edges TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.entities TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.entity_aliases TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.entity_embeddings TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.entity_embeddings_1 TO memdb_admin USING (true);

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

CREATE POLICY admin ON memdb.prompt_versions TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.prompts TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.quota_slots TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.role_abilities TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.roles TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.session_events TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.session_observations TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.session_summaries TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.sessions TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.token_spending TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.token_uses TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.tokens TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.users TO memdb_admin USING (true);

ALTER TABLE memdb.agents ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.archived_messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.attributes ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.audit_heads ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.audit_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.checkpoints ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.cluster_embeddings ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.cluster_embeddings_1 ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.cluster_facts ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.clusters ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.directive_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.directives ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.edges ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.entities ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.entity_aliases ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.entity_embeddings ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.entity_embeddings_1 ENABLE ROW LEVEL SECURITY;

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

CREATE POLICY tenant ON memdb.archived_messages USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

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

CREATE POLICY tenant ON memdb.legal_holds USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memories USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_embeddings USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_embeddings_1 USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_escalations USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_relations USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_tags USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_usage USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_versions USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_votes USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.message_embeddings USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.message_embeddings_1 USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.messages USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.observation_embeddings USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.observation_embeddings_1 USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.organizations USING ((id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.prompt_versions USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.prompts USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.quota_slots USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.role_abilities USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.roles USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.session_events USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.session_observations USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.session_summaries USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.sessions USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.token_spending USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.token_uses USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.tokens USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.users USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

ALTER TABLE memdb.token_spending ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.token_uses ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.tokens ENABLE ROW LEVEL SECURITY;

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

GRANT SELECT,INSERT ON TABLE memdb.memory_versions TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memory_versions TO memdb_admin;

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

GRANT UPDATE(superseded_by) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(merged_into) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(status) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(category) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(tags) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(labels) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(metadata) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(language) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(embedding_model) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(content) ON TABLE memdb.memories TO memdb_app;

REVOKE ALL ON FUNCTION memdb.memories_with_words(agent uuid, words tsquery) FROM PUBLIC;
GRANT ALL ON FUNCTION memdb.memories_with_words(agent uuid, words tsquery) TO memdb_app;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.agents TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.agents TO memdb_admin;

GRANT SELECT ON TABLE memdb.organizations TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.organizations TO memdb_admin;

GRANT SELECT ON TABLE memdb.writers TO memdb_app;
GRANT SELECT ON TABLE memdb.writers TO memdb_admin;

GRANT SELECT ON TABLE memdb.archived_messages TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.archived_messages TO memdb_admin;

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

GRANT SELECT ON TABLE memdb.embedding_spaces TO memdb_app;
GRANT SELECT ON TABLE memdb.embedding_spaces TO memdb_admin;

GRANT UPDATE(model) ON TABLE memdb.embedding_spaces TO memdb_admin;

GRANT UPDATE(current_since) ON TABLE memdb.embedding_spaces TO memdb_admin;

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

GRANT SELECT,INSERT,DELETE ON TABLE memdb.entity_aliases TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.entity_aliases TO memdb_admin;

GRANT UPDATE(entity_id) ON TABLE memdb.entity_aliases TO memdb_app;

GRANT SELECT,INSERT ON TABLE memdb.entity_embeddings TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.entity_embeddings TO memdb_admin;

GRANT UPDATE(embedding) ON TABLE memdb.entity_embeddings TO memdb_app;

GRANT SELECT ON TABLE memdb.entity_embeddings_1 TO memdb_app;
GRANT SELECT ON TABLE memdb.entity_embeddings_1 TO memdb_admin;

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

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.token_spending TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.token_spending TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.token_uses TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.token_uses TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.tokens TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.tokens TO memdb_admin;

GRANT UPDATE(revoked_at) ON TABLE memdb.tokens TO memdb_app;

GRANT UPDATE(revoked_by) ON TABLE memdb.tokens TO memdb_app;

GRANT UPDATE(revoke_reason) ON TABLE memdb.tokens TO memdb_app;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.users TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.users TO memdb_admin;

GRANT SELECT ON TABLE memdb.writable_organizations TO memdb_app;
GRANT SELECT ON TABLE memdb.writable_organizations TO memdb_admin;
