-- depends: 0018_entities
-- Facts: what is known of an entity, when it was true and since when it is known; and the attributes that facts give values of.

CREATE TABLE memdb.attributes (
    org_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    -- How long a fact of it is taken for true; NULL means without end.
    time_to_live interval,
    -- How often it was proposed.
    seen integer NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    status text NOT NULL DEFAULT 'proposed',
    value_type text NOT NULL DEFAULT 'string',
    conflict_policy text NOT NULL DEFAULT 'supersede',
    key text NOT NULL,
    proposed_by text,
    reason text,
    example text,
    CONSTRAINT attributes_pkey PRIMARY KEY (org_id, key),
    CONSTRAINT attributes_key_form CHECK (key ~ '^[a-z][a-z0-9_.]{0,63}$'),
    CONSTRAINT attributes_status_known CHECK (status IN ('proposed', 'accepted', 'retired')),
    CONSTRAINT attributes_value_type_known CHECK (value_type IN ('string', 'number', 'boolean', 'date', 'json')),
    CONSTRAINT attributes_conflict_policy_known CHECK (conflict_policy IN ('supersede', 'keep_both', 'reject', 'highest_confidence')),
    CONSTRAINT attributes_time_to_live_range CHECK (time_to_live > '0' AND time_to_live <= '100 years'),
    CONSTRAINT attributes_proposed_by_length CHECK (char_length(proposed_by) BETWEEN 1 AND 200),
    CONSTRAINT attributes_reason_length CHECK (char_length(reason) BETWEEN 1 AND 2000),
    CONSTRAINT attributes_example_length CHECK (char_length(example) BETWEEN 1 AND 256)
) WITH (fillfactor = 80);

-- What makes a fact the same as another of its entity and attribute: the value, or without one the content, whatever the case and the white
-- space of a text and the zeros of a number.
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

CREATE TABLE memdb.facts (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    agent_id uuid NOT NULL,
    -- The entity that it is about; fact_entities has it, too, and all others that it names.
    entity_id uuid NOT NULL,
    session_id uuid,
    user_id uuid,
    event_id uuid,
    superseded_by uuid,
    -- When it was learnt, and when it was no longer held to be true; valid_from and valid_until say when it is or was true.
    ingested_at timestamptz NOT NULL DEFAULT now(),
    invalidated_at timestamptz,
    valid_from timestamptz NOT NULL DEFAULT now(),
    -- As it is known now. What turned out never to have been true is valid until the moment that it is valid from.
    valid_until timestamptz,
    -- What valid_until was until invalidated_at.
    held_until timestamptz,
    expires_at timestamptz,
    confirmed_at timestamptz,
    retrieved_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    confidence double precision NOT NULL DEFAULT 0.8,
    importance double precision NOT NULL DEFAULT 0.5,
    -- By the last upkeep; NULL before the first.
    vitality double precision,
    retrievals integer NOT NULL DEFAULT 0,
    confirmations integer NOT NULL DEFAULT 0,
    corrections integer NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    embedded boolean NOT NULL DEFAULT false,
    sensitive boolean NOT NULL DEFAULT false,
    needs_confirmation boolean NOT NULL DEFAULT false,
    stale boolean NOT NULL DEFAULT false,
    status text NOT NULL DEFAULT 'active',
    search tsvector NOT NULL
    GENERATED ALWAYS AS (memdb.words(language, content)) STORED,
    language text NOT NULL DEFAULT 'english',
    attribute text,
    category text,
    speaker text,
    context text,
    content text NOT NULL,
    annotation text,
    value jsonb,
    same_key bytea NOT NULL GENERATED ALWAYS AS (memdb.fact_key(value, content)) STORED,
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT facts_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT facts_status_known CHECK (status IN ('active', 'superseded', 'invalidated')),
    CONSTRAINT facts_superseded_fits CHECK (superseded_by IS NULL OR (status = 'superseded' AND superseded_by <> id)),
    CONSTRAINT facts_invalidated_fits CHECK ((status = 'active') = (invalidated_at IS NULL)),
    CONSTRAINT facts_valid_interval CHECK (valid_until > valid_from OR (valid_until = valid_from AND status <> 'active')),
    CONSTRAINT facts_held_fits CHECK (held_until IS NULL OR status <> 'active'),
    CONSTRAINT facts_expiry_after_ingestion CHECK (expires_at > ingested_at),
    CONSTRAINT facts_confidence_range CHECK (confidence BETWEEN 0 AND 1),
    CONSTRAINT facts_importance_range CHECK (importance BETWEEN 0 AND 1),
    CONSTRAINT facts_value_has_attribute CHECK ((value IS NULL) = (attribute IS NULL)),
    CONSTRAINT facts_value_size CHECK (octet_length(value::text) <= 8192),
    CONSTRAINT facts_content_not_empty CHECK (content ~ '\S'),
    CONSTRAINT facts_content_length CHECK (char_length(content) <= 8192),
    CONSTRAINT facts_category_length CHECK (char_length(category) BETWEEN 1 AND 64),
    CONSTRAINT facts_speaker_length CHECK (char_length(speaker) BETWEEN 1 AND 128),
    CONSTRAINT facts_context_length CHECK (char_length(context) BETWEEN 1 AND 512),
    CONSTRAINT facts_annotation_length CHECK (char_length(annotation) BETWEEN 1 AND 8192),
    CONSTRAINT facts_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192)
) WITH (fillfactor = 70);

ALTER TABLE memdb.facts ALTER COLUMN search SET STORAGE MAIN;

-- Of two that say the same and end at the same time both are true for a while, so one is too many.
CREATE UNIQUE INDEX facts_same_unique ON memdb.facts (org_id, entity_id, attribute, same_key, valid_until) NULLS NOT DISTINCT
WHERE status = 'active' AND deleted_at IS NULL;

CREATE INDEX facts_active ON memdb.facts (org_id, agent_id, id) WHERE status = 'active' AND deleted_at IS NULL;

CREATE INDEX facts_of_agent ON memdb.facts (org_id, agent_id, id) WHERE deleted_at IS NULL;

CREATE INDEX facts_of_attribute ON memdb.facts (org_id, agent_id, attribute, id) WHERE attribute IS NOT NULL AND deleted_at IS NULL;

-- Deleted ones, too: the entity may be removed, or merged into another. With the rest of facts_same_unique, because the planner may take either.
CREATE INDEX facts_of_entity ON memdb.facts (org_id, entity_id, status, attribute, same_key);

CREATE INDEX facts_of_event ON memdb.facts (org_id, event_id) WHERE event_id IS NOT NULL;

CREATE INDEX facts_of_session ON memdb.facts (org_id, session_id, id) WHERE session_id IS NOT NULL;

CREATE INDEX facts_of_user ON memdb.facts (org_id, user_id, id) WHERE user_id IS NOT NULL;

CREATE INDEX facts_superseded_by ON memdb.facts (org_id, superseded_by) WHERE superseded_by IS NOT NULL;

CREATE INDEX facts_expiring ON memdb.facts (org_id, expires_at) WHERE expires_at IS NOT NULL AND status = 'active' AND deleted_at IS NULL;

CREATE INDEX facts_unembedded ON memdb.facts (org_id, id) WHERE NOT embedded AND status = 'active' AND deleted_at IS NULL;

CREATE INDEX facts_deleted ON memdb.facts (org_id, coalesce(deleted_at, '-infinity')) WHERE coalesce(deleted_at, '-infinity') > '-infinity';

-- Every entity that a fact names, the one it is about among them.
CREATE TABLE memdb.fact_entities (
    org_id uuid NOT NULL,
    fact_id uuid NOT NULL,
    entity_id uuid NOT NULL,
    CONSTRAINT fact_entities_pkey PRIMARY KEY (org_id, fact_id, entity_id)
);

CREATE INDEX fact_entities_of_entity ON memdb.fact_entities (org_id, entity_id, fact_id);

-- Statistics to begin with, as in 0003_memories.
INSERT INTO memdb.attributes (org_id, key, status, seen)
SELECT
    md5('organization ' || i)::uuid,
    'attribute' || i,
    CASE WHEN i % 4 = 0 THEN 'proposed' ELSE 'accepted' END,
    i
FROM generate_series(0, 1999) AS i;

INSERT INTO memdb.facts (
    org_id, id, agent_id, entity_id, session_id, user_id, event_id, superseded_by, invalidated_at, expires_at, deleted_at, embedded, status,
    attribute, value, content
)
SELECT
    md5('organization ' || i)::uuid,
    md5('fact ' || i)::uuid,
    md5('agent ' || i)::uuid,
    md5('entity ' || i % 500)::uuid,
    CASE WHEN i % 10 < 8 THEN md5('session ' || i % 500)::uuid END,
    CASE WHEN i % 2 = 0 THEN md5('user ' || i % 500)::uuid END,
    CASE WHEN i % 4 < 3 THEN md5('event ' || i % 1000)::uuid END,
    CASE WHEN i % 4 = 1 THEN md5('fact ' || i - 1)::uuid END,
    CASE WHEN i % 4 = 1 THEN now() END,
    CASE WHEN i % 20 = 4 THEN now() + interval '1 day' END,
    CASE WHEN i % 50 = 2 THEN now() END,
    i % 20 > 0,
    CASE WHEN i % 4 = 1 THEN 'superseded' ELSE 'active' END,
    CASE WHEN i % 3 > 0 THEN 'attribute' || i % 30 END,
    CASE WHEN i % 3 > 0 THEN to_jsonb(i) END,
    'fact ' || i
FROM generate_series(0, 1999) AS i;

INSERT INTO memdb.fact_entities (org_id, fact_id, entity_id)
SELECT
    f.org_id,
    f.id,
    named.entity_id
FROM memdb.facts AS f, LATERAL (SELECT f.entity_id UNION SELECT md5(f.entity_id::text)::uuid) AS named;

ALTER TABLE memdb.attributes ALTER COLUMN org_id SET (n_distinct = 1);

ALTER TABLE memdb.facts
    ALTER COLUMN org_id SET (n_distinct = 1), ALTER COLUMN agent_id SET (n_distinct = 10), ALTER COLUMN entity_id SET (n_distinct = -0.1);

ALTER TABLE memdb.fact_entities ALTER COLUMN org_id SET (n_distinct = 1), ALTER COLUMN entity_id SET (n_distinct = -0.1);

ANALYZE memdb.attributes, memdb.facts, memdb.fact_entities;

ALTER TABLE memdb.attributes ALTER COLUMN org_id RESET (n_distinct);

ALTER TABLE memdb.facts
    ALTER COLUMN org_id RESET (n_distinct), ALTER COLUMN agent_id RESET (n_distinct), ALTER COLUMN entity_id RESET (n_distinct);

ALTER TABLE memdb.fact_entities ALTER COLUMN org_id RESET (n_distinct), ALTER COLUMN entity_id RESET (n_distinct);

CALL memdb.add_embeddings_of('memdb.facts', 'fact');

TRUNCATE memdb.attributes, memdb.facts, memdb.fact_embeddings, memdb.fact_entities;

-- Which organization an agent is of, as for memories.
CREATE STATISTICS memdb.facts_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.facts;

ALTER TABLE memdb.attributes
    ADD CONSTRAINT attributes_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations (id);

ALTER TABLE memdb.facts
    ADD CONSTRAINT facts_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    ADD CONSTRAINT facts_entity_exists FOREIGN KEY (org_id, entity_id) REFERENCES memdb.entities (org_id, id),
    ADD CONSTRAINT facts_attribute_exists FOREIGN KEY (org_id, attribute) REFERENCES memdb.attributes (org_id, key),
    ADD CONSTRAINT facts_session_exists FOREIGN KEY (org_id, session_id) REFERENCES memdb.sessions (org_id, id),
    ADD CONSTRAINT facts_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id),
    ADD CONSTRAINT facts_event_exists FOREIGN KEY (org_id, event_id) REFERENCES memdb.events (org_id, id),
    ADD CONSTRAINT facts_superseded_exists FOREIGN KEY (org_id, superseded_by) REFERENCES memdb.facts (org_id, id);

ALTER TABLE memdb.fact_entities
    ADD CONSTRAINT fact_entities_fact_exists FOREIGN KEY (org_id, fact_id) REFERENCES memdb.facts (org_id, id) ON DELETE CASCADE,
    ADD CONSTRAINT fact_entities_entity_exists FOREIGN KEY (org_id, entity_id) REFERENCES memdb.entities (org_id, id) ON DELETE CASCADE;

-- The status of an attribute after `current`, another one; all that is no way from it raises MV003. Used in SET, it sees no row but the one changed.
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

-- The status of a fact after `current`: what is active stays so, or ends; all else raises MV003. Used in SET, it sees no row but the one changed.
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

-- Whether `value` is one of an attribute whose values have this type.
CREATE FUNCTION memdb.is_of_type(value jsonb, value_type text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
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
$$;

-- Always true, or MV005 where `value` is not one of an attribute whose values have this type.
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

-- Whether a fact was held to be true at `known_at` (NULL: now), and as it was known then, was true at `as_of`; NULL asks for one of the two only,
-- or for nothing.
CREATE FUNCTION memdb.holds(fact memdb.facts, as_of timestamptz, known_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE
RETURN (known_at IS NULL OR fact.ingested_at <= known_at)
    AND (known_at IS NULL OR as_of IS NOT NULL OR coalesce(fact.invalidated_at > known_at, true))
    AND (as_of IS NULL OR fact.valid_from <= as_of)
    AND (
        as_of IS NULL
        OR coalesce(CASE WHEN fact.invalidated_at > known_at THEN fact.held_until ELSE fact.valid_until END > as_of, true)
    )
    AND coalesce(fact.expires_at > coalesce(as_of, known_at), true);

-- Whether a text has a name in it, in any case; of scripts with spaces between words, as a word of its own.
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

-- One fact to be asserted.
CREATE TYPE memdb.assertion AS (
    id uuid,
    entity_id uuid,
    -- The others that it names.
    entities uuid[],
    -- Whether it also names those whose names stand in its content.
    link_named boolean,
    session_id uuid,
    user_id uuid,
    event_id uuid,
    valid_from timestamptz,
    valid_until timestamptz,
    expires_at timestamptz,
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

-- Asserts facts of an agent, one after the other: a row for each, with what became of it, the facts it took the place of, and the fact that says
-- so now. Its statements see what was committed while it waited for the entities, which it locks first, in the order of their ids. A merged
-- entity stands for the one that it was merged into.
CREATE FUNCTION memdb.assert_facts(tenant uuid, writer uuid, words text, actor text, assertions memdb.assertion[])
RETURNS TABLE (number integer, outcome text, replaced uuid[], fact memdb.facts)
LANGUAGE plpgsql
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

CALL memdb.isolate('memdb.attributes');

CALL memdb.isolate('memdb.facts');

CALL memdb.isolate('memdb.fact_entities');

GRANT SELECT, INSERT, UPDATE (
    updated_at, last_seen_at, time_to_live, seen, version, status, value_type, conflict_policy, proposed_by, reason, example
) ON memdb.attributes TO memdb_app;

GRANT SELECT, INSERT, UPDATE (
    entity_id, superseded_by, invalidated_at, valid_until, held_until, expires_at, confirmed_at, retrieved_at, updated_at, deleted_at, confidence,
    importance, vitality, retrievals, confirmations, version, embedded, sensitive, needs_confirmation, stale, status, category, annotation, metadata
) ON memdb.facts TO memdb_app;

GRANT SELECT, INSERT, DELETE ON memdb.fact_entities TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.attributes, memdb.facts, memdb.fact_entities TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0019_facts';
