CREATE OR REPLACE FUNCTION memdb.assert_facts(tenant uuid, writer uuid, words text, actor text, assertions memdb.assertion[])
RETURNS TABLE (number integer, outcome text, replaced uuid[], fact memdb.facts)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
AS $$
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
$$;

DROP FUNCTION memdb.copy_fact(
    uuid, uuid, tstzmultirange, timestamptz, timestamptz, timestamptz, timestamptz, timestamptz, uuid
);

DROP FUNCTION memdb.said_also(memdb.facts, memdb.saying);

DROP FUNCTION memdb.sayings_of(memdb.facts);

DROP INDEX memdb.facts_past;

CREATE OR REPLACE FUNCTION memdb.holds(fact memdb.facts, as_of timestamptz, known_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE
RETURN (known_at IS NULL OR fact.ingested_at <= known_at)
    AND (known_at IS NULL OR as_of IS NOT NULL OR coalesce(fact.invalidated_at > known_at, true))
    AND (as_of IS NULL OR fact.valid_from <= as_of)
    AND (
        as_of IS NULL
        OR coalesce(CASE WHEN fact.invalidated_at > known_at THEN fact.held_until ELSE fact.valid_until END > as_of, true)
    )
    AND coalesce(fact.expires_at > coalesce(as_of, known_at), true);

ALTER TABLE memdb.facts DROP COLUMN past, DROP COLUMN said;

DROP TYPE memdb.saying;

COMMENT ON SCHEMA memdb IS 'memdb 0028_tenant_tables';
