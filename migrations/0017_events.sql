-- depends: 0016_archive
-- Events: what happened, as it came in. Nothing in them changes; what is learnt from them stands elsewhere.

-- The embeddings of a table's rows, of each space: memdb.<kind>_embeddings. A NULL embedding is one that is outdated, as for memories. Call it
-- while the table has the rows that its statistics are made of.
CREATE PROCEDURE memdb.add_embeddings_of(owner regclass, kind text)
LANGUAGE plpgsql
AS $$
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
    EXECUTE format('GRANT SELECT, INSERT, UPDATE (embedding) ON memdb.%I TO memdb_app', kind || '_embeddings');
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.%I TO memdb_admin', kind || '_embeddings');
END
$$;

CREATE TABLE memdb.events (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    agent_id uuid NOT NULL,
    session_id uuid,
    user_id uuid,
    occurred_at timestamptz NOT NULL DEFAULT now(),
    -- When it came to be known.
    created_at timestamptz NOT NULL DEFAULT now(),
    importance double precision NOT NULL DEFAULT 0.5,
    emotion_intensity double precision,
    embedded boolean NOT NULL DEFAULT false,
    search tsvector NOT NULL
    GENERATED ALWAYS AS (memdb.words(language, content) || memdb.words_of_day(language, occurred_at)) STORED,
    language text NOT NULL DEFAULT 'english',
    source text NOT NULL DEFAULT 'api',
    speaker text,
    emotion text,
    energy text,
    content text NOT NULL,
    -- How it was come by: whatever the caller wants to be able to say of it later.
    trace jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT events_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT events_content_not_empty CHECK (content ~ '\S'),
    CONSTRAINT events_content_length CHECK (char_length(content) <= 8192),
    CONSTRAINT events_importance_range CHECK (importance BETWEEN 0 AND 1),
    CONSTRAINT events_source_length CHECK (char_length(source) BETWEEN 1 AND 32),
    CONSTRAINT events_speaker_length CHECK (char_length(speaker) BETWEEN 1 AND 128),
    CONSTRAINT events_emotion_length CHECK (char_length(emotion) BETWEEN 1 AND 32),
    CONSTRAINT events_emotion_intensity_range CHECK (emotion_intensity BETWEEN 0 AND 1),
    CONSTRAINT events_energy_length CHECK (char_length(energy) BETWEEN 1 AND 16),
    CONSTRAINT events_trace_object CHECK (jsonb_typeof(trace) = 'object' AND octet_length(trace::text) <= 65536)
);

-- As for memories: a search by words reads the lexemes of every row of its scope.
ALTER TABLE memdb.events ALTER COLUMN search SET STORAGE MAIN;

CREATE INDEX events_of_agent ON memdb.events (org_id, agent_id, occurred_at, id);

CREATE INDEX events_of_session ON memdb.events (org_id, session_id, occurred_at, id) WHERE session_id IS NOT NULL;

CREATE INDEX events_of_user ON memdb.events (org_id, user_id, occurred_at, id) WHERE user_id IS NOT NULL;

CREATE INDEX events_unembedded ON memdb.events (org_id, id) WHERE NOT embedded;

-- Statistics to begin with, as in 0003_memories.
INSERT INTO memdb.events (org_id, id, agent_id, session_id, user_id, occurred_at, embedded, source, content)
SELECT
    md5('organization ' || i)::uuid,
    md5('event ' || i)::uuid,
    md5('agent ' || i)::uuid,
    CASE WHEN i % 10 < 8 THEN md5('session ' || i % 500)::uuid END,
    CASE WHEN i % 2 = 0 THEN md5('user ' || i % 500)::uuid END,
    now() - i * interval '1 hour',
    i % 20 > 0,
    'source ' || i % 4,
    'event ' || i
FROM generate_series(0, 1999) AS i;

ALTER TABLE memdb.events ALTER COLUMN org_id SET (n_distinct = 1), ALTER COLUMN agent_id SET (n_distinct = 10);

ANALYZE memdb.events;

ALTER TABLE memdb.events ALTER COLUMN org_id RESET (n_distinct), ALTER COLUMN agent_id RESET (n_distinct);

CALL memdb.add_embeddings_of('memdb.events', 'event');

TRUNCATE memdb.events, memdb.event_embeddings;

-- Which organization an agent is of, as for memories.

CREATE STATISTICS memdb.events_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.events;

ALTER TABLE memdb.events
    ADD CONSTRAINT events_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    ADD CONSTRAINT events_session_exists FOREIGN KEY (org_id, session_id) REFERENCES memdb.sessions (org_id, id),
    ADD CONSTRAINT events_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id);

CALL memdb.isolate('memdb.events');

GRANT SELECT, INSERT, UPDATE (embedded) ON memdb.events TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.events TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0017_events';
