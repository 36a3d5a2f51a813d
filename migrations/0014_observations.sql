-- depends: 0013_session_log
-- Observations: what an agent noted in its sessions, until it is merged into other observations or dismissed.

-- Whether there are at most 50, and each has 1 to 200 characters.
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

CREATE TABLE memdb.session_observations (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    agent_id uuid NOT NULL,
    session_id uuid,
    user_id uuid,
    merged_into uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    observed_at timestamptz NOT NULL DEFAULT now(),
    -- The time that it talks about.
    referenced_at timestamptz,
    emotion_intensity double precision,
    version integer NOT NULL DEFAULT 1,
    -- Whether it had an embedding in the space of whoever wrote it last.
    embedded boolean NOT NULL DEFAULT false,
    status text NOT NULL DEFAULT 'active',
    search tsvector NOT NULL
    GENERATED ALWAYS AS (memdb.words(language, content) || memdb.words_of_day(language, observed_at)) STORED,
    language text NOT NULL DEFAULT 'english',
    topic text,
    -- How it said when that was: two weeks ago.
    relative_offset text,
    emotion text,
    content text NOT NULL,
    -- The keys of what it mentions.
    entities text[] NOT NULL DEFAULT '{}',
    -- What it was made from. PostgreSQL has no foreign keys on an array's elements: some of them may not be there any more.
    message_ids uuid[] NOT NULL DEFAULT '{}',
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT session_observations_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT session_observations_content_not_empty CHECK (content ~ '\S'),
    CONSTRAINT session_observations_content_length CHECK (char_length(content) <= 8192),
    CONSTRAINT session_observations_topic_length CHECK (char_length(topic) BETWEEN 1 AND 64),
    CONSTRAINT session_observations_relative_offset_length CHECK (char_length(relative_offset) BETWEEN 1 AND 64),
    CONSTRAINT session_observations_emotion_length CHECK (char_length(emotion) BETWEEN 1 AND 32),
    CONSTRAINT session_observations_emotion_intensity_range CHECK (emotion_intensity BETWEEN 0 AND 1),
    CONSTRAINT session_observations_entities_fit CHECK (entities = '{}' OR memdb.entities_fit(entities)),
    CONSTRAINT session_observations_message_ids_count CHECK (
        cardinality(message_ids) <= 100 AND array_position(message_ids, NULL) IS NULL
    ),
    CONSTRAINT session_observations_status_known CHECK (status IN ('active', 'merged', 'dismissed')),
    CONSTRAINT session_observations_merged_fits CHECK (merged_into IS NULL OR (status = 'merged' AND merged_into <> id)),
    CONSTRAINT session_observations_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192)
);

-- As for memories: a search by words reads the lexemes of every row of its scope.
ALTER TABLE memdb.session_observations ALTER COLUMN search SET STORAGE MAIN;

-- A NULL embedding is one that is outdated, as for memories.
DO $$
BEGIN
    EXECUTE format(
        'CREATE TABLE memdb.observation_embeddings (
            org_id uuid NOT NULL,
            observation_id uuid NOT NULL,
            agent_id uuid NOT NULL,
            space smallint NOT NULL,
            embedding %I.halfvec,
            CONSTRAINT observation_embeddings_pkey PRIMARY KEY (org_id, observation_id, space)
        ) PARTITION BY LIST (space)',
        (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'vector')
    );
END
$$;

ALTER TABLE memdb.observation_embeddings ALTER COLUMN embedding SET STORAGE PLAIN;

CREATE INDEX observation_embeddings_of_agent ON memdb.observation_embeddings (org_id, agent_id, observation_id);

DO $$
DECLARE
    existing memdb.embedding_spaces;
BEGIN
    FOR existing IN SELECT s.* FROM memdb.embedding_spaces AS s LOOP
        CALL memdb.add_space_to('memdb.observation_embeddings', existing.space, existing.dimension);
    END LOOP;
END
$$;

-- Statistics to begin with, as in 0003_memories.
INSERT INTO memdb.session_observations (
    org_id, id, agent_id, session_id, user_id, status, merged_into, deleted_at, embedded, topic, content, entities
)
SELECT
    md5('organization ' || i)::uuid,
    md5('observation ' || i)::uuid,
    md5('agent ' || i)::uuid,
    CASE WHEN i % 10 < 8 THEN md5('session ' || i % 500)::uuid END,
    CASE WHEN i % 2 = 0 THEN md5('user ' || i % 500)::uuid END,
    CASE WHEN i % 4 = 1 THEN 'merged' ELSE 'active' END,
    CASE WHEN i % 4 = 1 THEN md5('observation ' || i - 1)::uuid END,
    CASE WHEN i % 50 = 2 THEN now() END,
    i % 20 > 0,
    'topic ' || i % 20,
    'observation ' || i,
    ARRAY['entity ' || i % 30]
FROM generate_series(0, 1999) AS i;

INSERT INTO memdb.observation_embeddings (org_id, observation_id, agent_id, space)
SELECT
    o.org_id,
    o.id,
    o.agent_id,
    (SELECT min(s.space) FROM memdb.embedding_spaces AS s)
FROM memdb.session_observations AS o;

CREATE INDEX session_observations_active ON memdb.session_observations (org_id, agent_id, id)
WHERE status = 'active' AND deleted_at IS NULL;

CREATE INDEX session_observations_of_agent ON memdb.session_observations (org_id, agent_id, id) WHERE deleted_at IS NULL;

CREATE INDEX session_observations_unembedded ON memdb.session_observations (org_id, id)
WHERE NOT embedded AND status = 'active' AND deleted_at IS NULL;

-- Deleted ones, too: the session may be purged, the user erased.
CREATE INDEX session_observations_of_session ON memdb.session_observations (org_id, session_id, id) WHERE session_id IS NOT NULL;

CREATE INDEX session_observations_of_user ON memdb.session_observations (org_id, user_id, id) WHERE user_id IS NOT NULL;

CREATE INDEX session_observations_merged_into ON memdb.session_observations (org_id, merged_into) WHERE merged_into IS NOT NULL;

-- By an expression, as sessions_deleted.
CREATE INDEX session_observations_deleted ON memdb.session_observations (org_id, coalesce(deleted_at, '-infinity'))
WHERE coalesce(deleted_at, '-infinity') > '-infinity';

ALTER TABLE memdb.session_observations ALTER COLUMN org_id SET (n_distinct = 1), ALTER COLUMN agent_id SET (n_distinct = 10);

ANALYZE memdb.session_observations, memdb.observation_embeddings;

ALTER TABLE memdb.session_observations ALTER COLUMN org_id RESET (n_distinct), ALTER COLUMN agent_id RESET (n_distinct);

TRUNCATE memdb.session_observations, memdb.observation_embeddings;

-- Which organization an agent is of, as for memories.
CREATE STATISTICS memdb.session_observations_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.session_observations;

ALTER TABLE memdb.session_observations
    ADD CONSTRAINT session_observations_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    ADD CONSTRAINT session_observations_session_exists FOREIGN KEY (org_id, session_id) REFERENCES memdb.sessions (org_id, id),
    ADD CONSTRAINT session_observations_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id),
    ADD CONSTRAINT session_observations_merged_exists
    FOREIGN KEY (org_id, merged_into) REFERENCES memdb.session_observations (org_id, id);

ALTER TABLE memdb.observation_embeddings
    ADD CONSTRAINT observation_embeddings_observation_exists
    FOREIGN KEY (org_id, observation_id) REFERENCES memdb.session_observations (org_id, id) ON DELETE CASCADE;

-- The status of an observation after `current`: only what is active can become merged or dismissed, all else raises MV003. Used in SET, it sees
-- no row but the one changed.
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

CALL memdb.isolate('memdb.session_observations');

CALL memdb.isolate('memdb.observation_embeddings');

GRANT SELECT, INSERT, UPDATE (
    merged_into, updated_at, deleted_at, observed_at, referenced_at, emotion_intensity, version, embedded, status, topic, relative_offset,
    emotion, content, entities, message_ids, metadata
) ON memdb.session_observations TO memdb_app;

GRANT SELECT, INSERT, UPDATE (embedding) ON memdb.observation_embeddings TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.session_observations, memdb.observation_embeddings TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0014_observations';
