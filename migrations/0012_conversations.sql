-- depends: 0011_ranking
-- Conversations: sessions, their messages in order, and summaries of them.

CREATE TABLE memdb.sessions (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    agent_id uuid NOT NULL,
    user_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    -- When it was last spoken or worked in.
    active_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    archived_at timestamptz,
    deleted_at timestamptz,
    -- Of the live messages.
    tokens bigint NOT NULL DEFAULT 0,
    -- Spent on models, as the checkpoints say.
    input_tokens bigint NOT NULL DEFAULT 0,
    output_tokens bigint NOT NULL DEFAULT 0,
    latency_ms bigint NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    -- Live messages, and those of them that a user began a round with.
    messages integer NOT NULL DEFAULT 0,
    rounds integer NOT NULL DEFAULT 0,
    -- The places that were given to messages and events so far: whoever gives the next one holds this row.
    last_position integer NOT NULL DEFAULT 0,
    last_event integer NOT NULL DEFAULT 0,
    -- Up to where memories were extracted.
    extracted_position integer NOT NULL DEFAULT 0,
    -- How often what a message says was changed, or a message deleted, after it had been appended.
    edits integer NOT NULL DEFAULT 0,
    directive_number integer,
    status text NOT NULL DEFAULT 'active',
    -- What it was closed as, whether or not it was archived since.
    closed_as text,
    external_id text,
    title text,
    model text,
    provider text,
    archived_to text,
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT sessions_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT sessions_status_known CHECK (status IN ('active', 'completed', 'abandoned', 'error', 'cold_archived', 'deep_archived')),
    CONSTRAINT sessions_closed_as_known CHECK (closed_as IN ('completed', 'abandoned', 'error')),
    CONSTRAINT sessions_closed_complete CHECK (
        (closed_at IS NULL) = (closed_as IS NULL) AND (archived_at IS NULL) = (status NOT IN ('cold_archived', 'deep_archived'))
    ),
    CONSTRAINT sessions_external_id_length CHECK (char_length(external_id) BETWEEN 1 AND 256),
    CONSTRAINT sessions_title_length CHECK (char_length(title) BETWEEN 1 AND 512),
    CONSTRAINT sessions_model_length CHECK (char_length(model) BETWEEN 1 AND 256),
    CONSTRAINT sessions_provider_length CHECK (char_length(provider) BETWEEN 1 AND 256),
    CONSTRAINT sessions_archived_to_length CHECK (char_length(archived_to) BETWEEN 1 AND 2000),
    CONSTRAINT sessions_extraction_within CHECK (extracted_position BETWEEN 0 AND last_position),
    CONSTRAINT sessions_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192)
) WITH (fillfactor = 70);

CREATE UNIQUE INDEX sessions_external_id_unique ON memdb.sessions (org_id, external_id, agent_id)
WHERE external_id IS NOT NULL AND deleted_at IS NULL;

CREATE INDEX sessions_by_activity ON memdb.sessions (org_id, active_at, id) WHERE deleted_at IS NULL;

CREATE INDEX sessions_of_agent ON memdb.sessions (org_id, agent_id, active_at, id) WHERE deleted_at IS NULL;

-- Deleted ones, too: a user may have to be erased.
CREATE INDEX sessions_of_user ON memdb.sessions (org_id, user_id, active_at, id) WHERE user_id IS NOT NULL;

CREATE INDEX sessions_to_extract ON memdb.sessions (org_id, closed_at, id)
WHERE closed_at IS NOT NULL AND extracted_position < last_position AND deleted_at IS NULL;

-- By an expression, as memories_ended: nothing else takes it for an index of the few that are deleted.
CREATE INDEX sessions_deleted ON memdb.sessions (org_id, coalesce(deleted_at, '-infinity')) WHERE coalesce(deleted_at, '-infinity') > '-infinity';

-- `position` counts a session's messages from 1 without gaps, in the order in which they were appended; a deleted one keeps its place.
CREATE TABLE memdb.messages (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    session_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    position integer NOT NULL,
    version integer NOT NULL DEFAULT 1,
    tokens integer NOT NULL,
    -- Of a tool's result: the place of the message that asked for it.
    asked_position integer,
    -- Which of the session's edits changed or deleted it last.
    edit integer,
    -- Whether it had an embedding in the space of whoever wrote it last.
    embedded boolean NOT NULL DEFAULT false,
    role text NOT NULL,
    -- Those of its tool calls that have no result.
    open_calls text[] NOT NULL DEFAULT '{}',
    search tsvector NOT NULL
    GENERATED ALWAYS AS (memdb.words(language, left(content, 32768)) || memdb.words_of_day(language, sent_at)) STORED,
    language text NOT NULL DEFAULT 'english',
    name text,
    model text,
    tool_call_id text,
    content text NOT NULL,
    tool_calls jsonb NOT NULL DEFAULT '[]',
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT messages_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT messages_role_known CHECK (role IN ('system', 'user', 'assistant', 'tool')),
    CONSTRAINT messages_content_not_empty CHECK (content ~ '\S' OR role = 'tool' OR tool_calls <> '[]'),
    CONSTRAINT messages_content_length CHECK (char_length(content) <= 100000),
    CONSTRAINT messages_tokens_range CHECK (tokens BETWEEN 0 AND 10000000),
    CONSTRAINT messages_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT messages_model_length CHECK (char_length(model) BETWEEN 1 AND 256),
    CONSTRAINT messages_tool_call_id_length CHECK (char_length(tool_call_id) BETWEEN 1 AND 200),
    CONSTRAINT messages_result_names_call CHECK ((role = 'tool') = (tool_call_id IS NOT NULL)),
    CONSTRAINT messages_result_has_call CHECK ((role = 'tool') = (asked_position IS NOT NULL)),
    CONSTRAINT messages_calls_of_assistant CHECK (tool_calls = '[]' OR role = 'assistant'),
    CONSTRAINT messages_tool_calls_array CHECK (jsonb_typeof(tool_calls) = 'array' AND octet_length(tool_calls::text) <= 65536),
    CONSTRAINT messages_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192)
);

-- As for memories: a search by words reads the lexemes of every row of its scope.
ALTER TABLE memdb.messages ALTER COLUMN search SET STORAGE MAIN;

-- A NULL embedding is one that is outdated, as for memories.
DO $$
BEGIN
    EXECUTE format(
        'CREATE TABLE memdb.message_embeddings (
            org_id uuid NOT NULL,
            message_id uuid NOT NULL,
            session_id uuid NOT NULL,
            space smallint NOT NULL,
            embedding %I.halfvec,
            CONSTRAINT message_embeddings_pkey PRIMARY KEY (org_id, message_id, space)
        ) PARTITION BY LIST (space)',
        (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'vector')
    );
END
$$;

ALTER TABLE memdb.message_embeddings ALTER COLUMN embedding SET STORAGE PLAIN;

CREATE INDEX message_embeddings_of_session ON memdb.message_embeddings (org_id, session_id, message_id);

-- The part of a table of embeddings that is one space's. For the owner.
CREATE PROCEDURE memdb.add_space_to(embeddings regclass, added smallint, dimension integer)
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

-- The tables that have a part for each space, each beside the table that its foreign key names: memory_embeddings beside memories, with memory_id as
-- `key`. What a thing says is its `content`, or memdb.content_of(it); what has neither, as clusters, has embeddings of something else.
-- `scope` is what searches go by, a column of both, or NULL. `live` are the rows that get embeddings, as t; what is a session's goes with its session.
CREATE VIEW memdb.embedding_tables AS
SELECT
    k.kind,
    c.relname AS name,
    c.oid::regclass AS embeddings,
    f.confrelid::regclass AS things,
    k.kind || '_id' AS key,
    s.attname AS scope,
    format('%s AS t', f.confrelid::regclass)
    || CASE WHEN s.attname = 'session_id' THEN ' JOIN memdb.sessions AS s ON s.org_id = t.org_id AND s.id = t.session_id' ELSE '' END AS source,
    concat_ws(
        ' AND ',
        CASE WHEN has.deletion THEN 't.deleted_at IS NULL' END,
        format('%s ~ ''\S''', CASE WHEN has.content THEN 't.content' ELSE 'memdb.content_of(t)' END)
    )
    || CASE WHEN s.attname = 'session_id' THEN ' AND s.deleted_at IS NULL AND s.archived_at IS NULL' ELSE '' END AS live,
    CASE WHEN has.content THEN 't.content' ELSE 'memdb.content_of(t)' END AS content,
    CASE WHEN has.version THEN 't.version' ELSE '1' END AS version,
    has.content OR to_regprocedure(format('memdb.content_of(%s)', f.confrelid::regclass)) IS NOT NULL AS of_content
FROM pg_class AS c
JOIN pg_partitioned_table AS p ON p.partrelid = c.oid
JOIN pg_constraint AS f ON f.conrelid = c.oid AND f.contype = 'f'
CROSS JOIN LATERAL (SELECT left(c.relname, -length('_embeddings')) AS kind) AS k
LEFT JOIN pg_attribute AS s
    ON s.attrelid = c.oid AND s.attnum > 0 AND NOT s.attisdropped AND s.attname NOT IN ('org_id', k.kind || '_id', 'space', 'embedding')
CROSS JOIN LATERAL (
    SELECT
        coalesce(bool_or(a.attname = 'deleted_at'), false) AS deletion,
        coalesce(bool_or(a.attname = 'content'), false) AS content,
        coalesce(bool_or(a.attname = 'version'), false) AS version
    FROM pg_attribute AS a
    WHERE a.attrelid = f.confrelid AND a.attnum > 0 AND NOT a.attisdropped
) AS has
WHERE c.relnamespace = 'memdb'::regnamespace;

-- Numbers are not given again: the archive may still have embeddings of a space that was dropped.
CREATE SEQUENCE memdb.space_numbers AS smallint;

DO $$
BEGIN
    PERFORM setval('memdb.space_numbers', max(s.space)) FROM memdb.embedding_spaces AS s;
END
$$;

CREATE OR REPLACE PROCEDURE memdb.open_space(wanted_dimension integer, wanted_model text)
LANGUAGE plpgsql
AS $$
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
$$;

CREATE OR REPLACE PROCEDURE memdb.close_space(closed smallint)
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

DO $$
DECLARE
    existing memdb.embedding_spaces;
BEGIN
    FOR existing IN SELECT s.* FROM memdb.embedding_spaces AS s LOOP
        CALL memdb.add_space_to('memdb.message_embeddings', existing.space, existing.dimension);
    END LOOP;
END
$$;

-- Of a kind of things that have embeddings. Raises MV005 for any other.
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

-- The tenant's live things of a kind without an up-to-date embedding in a space, by id.
CREATE FUNCTION memdb.lacking_embeddings(tenant uuid, kind text, in_space smallint, after uuid, most integer)
RETURNS TABLE (id uuid, version integer, content text)
LANGUAGE plpgsql STABLE
AS $$
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
$$;

-- How many live things of a kind the tenant has, and how many of them an embedding in a space; of all kinds if `wanted` is NULL.
CREATE FUNCTION memdb.embedding_coverage(tenant uuid, wanted text, in_space smallint, OUT total bigint, OUT embedded bigint)
LANGUAGE plpgsql STABLE
AS $$
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
$$;

-- Stores the embedding of what a thing said at a version; says whether it still does. The thing's row stays as it is: filling a space must not rewrite
-- all of them.
DO $do$
BEGIN
    EXECUTE format(
        $create$
        CREATE FUNCTION memdb.store_embedding(tenant uuid, kind text, in_space smallint, of_id uuid, of_version integer, given %I.halfvec)
        RETURNS boolean
        LANGUAGE plpgsql
        AS $$
        DECLARE
            e memdb.embedding_tables := memdb.embedding_table(kind);
            stored bigint;
        BEGIN
            EXECUTE format(
                'WITH thing AS MATERIALIZED (
                    SELECT t.org_id, t.id%%1$s
                    FROM %%2$s
                    WHERE t.org_id = $1 AND t.id = $2 AND %%7$s = $3 AND %%3$s
                    %%4$s
                    FOR SHARE OF t
                )
                INSERT INTO %%5$s (org_id, %%6$I, space, embedding%%1$s)
                SELECT t.org_id, t.id, $4, $5%%1$s
                FROM thing AS t
                ON CONFLICT (org_id, %%6$I, space) DO UPDATE SET embedding = excluded.embedding',
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
        $$
        $create$,
        (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'vector')
    );
END
$do$;

-- The tables whose rows have words in their organization's language.
CREATE VIEW memdb.word_tables AS
SELECT c.oid::regclass AS things
FROM pg_class AS c
JOIN pg_attribute AS l ON l.attrelid = c.oid AND l.attname = 'language'
JOIN pg_attribute AS w ON w.attrelid = c.oid AND w.attname = 'search' AND w.attgenerated <> ''
WHERE c.relnamespace = 'memdb'::regnamespace;

-- Reads the words of the tenant's next `most` rows with words anew, by id and whatever their tables, where they are in another language than the
-- organization's. Returns the last one's id; NULL if there was none.
CREATE FUNCTION memdb.reread_words(tenant uuid, after uuid, most integer) RETURNS uuid
LANGUAGE plpgsql
AS $$
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
$$;

GRANT SELECT ON memdb.embedding_tables, memdb.word_tables TO memdb_admin;

-- What a summary says stands for the messages from `first_position` to `last_position`, as they were after so many `edits` of the session. It is
-- stale once one of them has a later edit: nobody needs to find the summaries of a message when it changes.
CREATE TABLE memdb.session_summaries (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    session_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    first_position integer NOT NULL,
    last_position integer NOT NULL,
    edits integer NOT NULL,
    tokens integer NOT NULL,
    strategy text NOT NULL,
    strategy_version text,
    model text,
    content text,
    structured jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT session_summaries_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT session_summaries_range_order CHECK (first_position BETWEEN 1 AND last_position),
    CONSTRAINT session_summaries_tokens_range CHECK (tokens BETWEEN 0 AND 10000000),
    CONSTRAINT session_summaries_strategy_length CHECK (char_length(strategy) BETWEEN 1 AND 64),
    CONSTRAINT session_summaries_strategy_version_length CHECK (char_length(strategy_version) BETWEEN 1 AND 32),
    CONSTRAINT session_summaries_model_length CHECK (char_length(model) BETWEEN 1 AND 256),
    CONSTRAINT session_summaries_content_length CHECK (content ~ '\S' AND char_length(content) <= 100000),
    CONSTRAINT session_summaries_says_something CHECK (content IS NOT NULL OR structured <> '{}'),
    CONSTRAINT session_summaries_structured_object CHECK (
        jsonb_typeof(structured) = 'object' AND octet_length(structured::text) <= 65536
    )
);

-- Statistics to begin with, as in 0003_memories.
INSERT INTO memdb.sessions (org_id, id, agent_id, user_id, active_at, external_id, closed_at, closed_as, deleted_at, last_position)
SELECT
    md5('organization ' || i)::uuid,
    md5('session ' || i)::uuid,
    md5('agent ' || i)::uuid,
    CASE WHEN i % 2 = 0 THEN md5('user ' || i)::uuid END,
    now() - i * interval '1 minute',
    CASE WHEN i % 2 = 0 THEN 'session ' || i END,
    CASE WHEN i % 4 = 0 THEN now() END,
    CASE WHEN i % 4 = 0 THEN 'completed' END,
    CASE WHEN i % 20 = 2 THEN now() END,
    20
FROM generate_series(1, 500) AS i;

INSERT INTO memdb.messages (org_id, id, session_id, position, tokens, role, content, open_calls, deleted_at, edit)
SELECT
    md5('organization ' || i)::uuid,
    md5('message ' || i)::uuid,
    md5('session ' || i % 100)::uuid,
    i / 100 + 1,
    2,
    CASE WHEN i < 100 THEN 'system' WHEN i % 2 = 0 THEN 'user' ELSE 'assistant' END,
    'message ' || i,
    CASE WHEN i % 50 = 1 THEN '{call}'::text[] ELSE '{}' END,
    CASE WHEN i % 50 = 2 THEN now() END,
    CASE WHEN i % 50 = 2 THEN 1 END
FROM generate_series(0, 1999) AS i;

INSERT INTO memdb.message_embeddings (org_id, message_id, session_id, space)
SELECT
    m.org_id,
    m.id,
    m.session_id,
    (SELECT min(s.space) FROM memdb.embedding_spaces AS s)
FROM memdb.messages AS m;

INSERT INTO memdb.session_summaries (org_id, id, session_id, first_position, last_position, edits, tokens, strategy, content)
SELECT
    md5('organization ' || i)::uuid,
    md5('summary ' || i)::uuid,
    md5('session ' || i)::uuid,
    1,
    i,
    0,
    10,
    'rolling',
    'summary ' || i
FROM generate_series(1, 500) AS i;

CREATE UNIQUE INDEX messages_in_order ON memdb.messages (org_id, session_id, position);

CREATE INDEX messages_of_system ON memdb.messages (org_id, session_id, position) WHERE role = 'system' AND deleted_at IS NULL;

CREATE INDEX messages_with_open_calls ON memdb.messages (org_id, session_id, position) WHERE open_calls <> '{}' AND deleted_at IS NULL;

CREATE INDEX messages_edited ON memdb.messages (org_id, session_id, edit) WHERE edit IS NOT NULL;

CREATE INDEX session_summaries_of_session ON memdb.session_summaries (org_id, session_id, last_position, id);

ALTER TABLE memdb.sessions ALTER COLUMN org_id SET (n_distinct = 1), ALTER COLUMN agent_id SET (n_distinct = 10);

ALTER TABLE memdb.messages ALTER COLUMN org_id SET (n_distinct = 1), ALTER COLUMN session_id SET (n_distinct = 2);

ALTER TABLE memdb.session_summaries ALTER COLUMN org_id SET (n_distinct = 1), ALTER COLUMN session_id SET (n_distinct = 2);

ANALYZE memdb.sessions, memdb.messages, memdb.message_embeddings, memdb.session_summaries;

ALTER TABLE memdb.sessions ALTER COLUMN org_id RESET (n_distinct), ALTER COLUMN agent_id RESET (n_distinct);

ALTER TABLE memdb.messages ALTER COLUMN org_id RESET (n_distinct), ALTER COLUMN session_id RESET (n_distinct);

ALTER TABLE memdb.session_summaries ALTER COLUMN org_id RESET (n_distinct), ALTER COLUMN session_id RESET (n_distinct);

TRUNCATE memdb.sessions, memdb.messages, memdb.message_embeddings, memdb.session_summaries;

-- Which organization an agent or a session is of, as for memories.
CREATE STATISTICS memdb.sessions_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.sessions;

CREATE STATISTICS memdb.messages_session_of_organization (dependencies) ON org_id, session_id FROM memdb.messages;

CREATE STATISTICS memdb.session_summaries_session_of_organization (dependencies) ON org_id, session_id FROM memdb.session_summaries;

ALTER TABLE memdb.sessions
    ADD CONSTRAINT sessions_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    ADD CONSTRAINT sessions_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id),
    ADD CONSTRAINT sessions_directive_exists
    FOREIGN KEY (org_id, agent_id, directive_number) REFERENCES memdb.directive_versions (org_id, agent_id, number);

ALTER TABLE memdb.messages
    ADD CONSTRAINT messages_session_exists FOREIGN KEY (org_id, session_id) REFERENCES memdb.sessions (org_id, id);

ALTER TABLE memdb.message_embeddings
    ADD CONSTRAINT message_embeddings_message_exists
    FOREIGN KEY (org_id, message_id) REFERENCES memdb.messages (org_id, id) ON DELETE CASCADE;

ALTER TABLE memdb.session_summaries
    ADD CONSTRAINT session_summaries_session_exists FOREIGN KEY (org_id, session_id) REFERENCES memdb.sessions (org_id, id);

-- The status of a session that takes messages, checkpoints and events; raises MV006 for any other. Used in SET, it sees no row but the one
-- changed.
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

-- True for a session that is not archived; raises MV006 for one that is.
CREATE FUNCTION memdb.not_archived(status text) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN status NOT IN ('cold_archived', 'deep_archived') OR memdb.open_status(status) IS NULL;
END
$$;

-- The status of a session after `current`, which is another. Raises MV003 if there is no way from it to `wanted`. Used in SET.
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

-- How many tokens a message may have, where nobody has counted them: one for each four characters.
CREATE FUNCTION memdb.estimated_tokens(content text, tool_calls jsonb) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (char_length(content) + CASE WHEN tool_calls = '[]' THEN 0 ELSE char_length(tool_calls::text) END + 3) / 4;

-- Whether a message of the range was changed after so many `edits` of the session. Volatile, so that it sees what was committed while the calling
-- statement waited for the session's lock.
CREATE FUNCTION memdb.changed_since(tenant uuid, of_session uuid, edits integer, first integer, last integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE
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

-- Where the window on a session's messages begins, between the positions `after` (exclusive) and `last`: it goes back over `rounds` that a user
-- began, over messages of `tokens` altogether and over `most` messages, whichever ends first; NULL of them does not end it. System messages are
-- not counted, for they are in every window. NULL where nothing fits. A loop over pieces of known length, because no sum over a window of rows
-- stops where it is reached, and no plan must read a long session to its beginning.
CREATE FUNCTION memdb.window_start(
    tenant uuid, of_session uuid, after integer, last integer, rounds integer, tokens bigint, most integer
) RETURNS integer
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

CALL memdb.isolate('memdb.sessions');

CALL memdb.isolate('memdb.messages');

CALL memdb.isolate('memdb.message_embeddings');

CALL memdb.isolate('memdb.session_summaries');

GRANT SELECT, INSERT, UPDATE ON memdb.sessions TO memdb_app;

GRANT SELECT, INSERT ON memdb.session_summaries TO memdb_app;

GRANT SELECT, INSERT, UPDATE (
    updated_at, deleted_at, version, tokens, edit, embedded, open_calls, name, model, content, metadata
) ON memdb.messages TO memdb_app;

GRANT SELECT, INSERT, UPDATE (embedding) ON memdb.message_embeddings TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.sessions, memdb.messages, memdb.message_embeddings, memdb.session_summaries TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0012_conversations';
