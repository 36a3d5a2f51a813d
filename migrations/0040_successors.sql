-- depends: 0039_memories_as_given
-- A fact whose place was taken by several pieces of another is followed by the piece that begins where it ends, no longer by the first: facts
-- could supersede each other in a circle.

-- Asserts facts of an agent, one after the other: a row for each, with what became of it, the facts it took the place of, and the fact that says
-- so now. Its statements see what was committed while it waited for the entities, which it locks first, in the order of their ids. A merged
-- entity stands for the one that it was merged into.
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
$$;

UPDATE memdb.facts AS f
SET superseded_by = r.id
FROM memdb.facts AS s, memdb.facts AS r
WHERE f.status = 'superseded'
    AND s.org_id = f.org_id
    AND s.id = f.superseded_by
    AND r.org_id = s.org_id
    AND r.entity_id = s.entity_id
    AND r.attribute = s.attribute
    AND r.same_key = s.same_key
    AND r.ingested_at = s.ingested_at
    AND r.ingested_at = f.invalidated_at
    AND r.id <> s.id
    AND r.valid_from > s.valid_from
    AND tstzrange(r.valid_from, CASE WHEN r.status = 'active' THEN r.valid_until ELSE r.held_until END) @> f.valid_until;

COMMENT ON SCHEMA memdb IS 'memdb 0040_successors';
