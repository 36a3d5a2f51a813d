-- depends: 0008_words
-- Embeddings beside the memories, in spaces, so that the model can be changed; memories in the order that a scan reads fastest.

-- A space is a model's: its embeddings can be compared with one another and with no others. There is one, but while a model is changed.
CREATE TABLE memdb.embedding_spaces (
    space smallint NOT NULL,
    dimension integer NOT NULL,
    model text,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- The one that took over last is current; NULL while it is being filled.
    current_since timestamptz,
    CONSTRAINT embedding_spaces_pkey PRIMARY KEY (space),
    CONSTRAINT embedding_spaces_dimension_range CHECK (dimension BETWEEN 1 AND 4000),
    CONSTRAINT embedding_spaces_model_length CHECK (char_length(model) BETWEEN 1 AND 256)
);

CREATE UNIQUE INDEX embedding_spaces_model_unique ON memdb.embedding_spaces (model);

-- A NULL embedding is one that is outdated: the content changed since.
-- Beside the memory, because votes and other changes of its row would write the embedding anew and enter it into the HNSW index again; and
-- halfvec, because it takes half the space and finds the same. docs/storage.md has the measurements.
DO $$
BEGIN
    -- The type's schema need not be on the search path of whoever applies the migrations.
    EXECUTE format(
        'CREATE TABLE memdb.memory_embeddings (
            org_id uuid NOT NULL,
            memory_id uuid NOT NULL,
            agent_id uuid NOT NULL,
            space smallint NOT NULL,
            embedding %I.halfvec,
            CONSTRAINT memory_embeddings_pkey PRIMARY KEY (org_id, memory_id, space)
        ) PARTITION BY LIST (space)',
        (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'vector')
    );
END
$$;

-- A scan reads every embedding of its scope: from 2 KB on PostgreSQL would put it elsewhere, and fetch each by itself; and it cannot be compressed.
ALTER TABLE memdb.memory_embeddings ALTER COLUMN embedding SET STORAGE PLAIN;

CREATE INDEX memory_embeddings_of_agent ON memdb.memory_embeddings (org_id, agent_id, memory_id);

-- Writes the view anew in which each space's embeddings have its dimension, as an HNSW index on them needs it.
CREATE PROCEDURE memdb.define_indexed_embeddings()
LANGUAGE plpgsql
AS $$
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
$$;

-- Makes a space. For the owner: nobody else may create tables.
CREATE PROCEDURE memdb.open_space(wanted_dimension integer, wanted_model text)
LANGUAGE plpgsql
AS $$
DECLARE
    made smallint;
BEGIN
    -- Who waits for the table keeps everybody waiting who comes after.
    PERFORM set_config('lock_timeout', '5s', true);
    INSERT INTO memdb.embedding_spaces (space, dimension, model)
    SELECT coalesce(max(s.space), 0) + 1, wanted_dimension, wanted_model FROM memdb.embedding_spaces AS s
    RETURNING space INTO made;
    EXECUTE format(
        'CREATE TABLE memdb.memory_embeddings_%s PARTITION OF memdb.memory_embeddings (
            CONSTRAINT memory_embeddings_dimension CHECK (%I.vector_dims(embedding) = %s)
        ) FOR VALUES IN (%1$s)',
        made,
        (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'vector'),
        wanted_dimension
    );
    CALL memdb.isolate(format('memdb.memory_embeddings_%s', made)::regclass);
    IF made > 1 THEN
        EXECUTE format(
            'CREATE STATISTICS memdb.memory_embeddings_%s_agent_of_organization (dependencies) '
            'ON org_id, agent_id FROM memdb.memory_embeddings_%1$s',
            made
        );
    END IF;
    EXECUTE format('GRANT SELECT ON memdb.memory_embeddings_%s TO memdb_app, memdb_admin', made);
    CALL memdb.define_indexed_embeddings();
END
$$;

-- Drops a space that is not the current one, with its embeddings. For the owner.
CREATE PROCEDURE memdb.close_space(closed smallint)
LANGUAGE plpgsql
AS $$
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
    EXECUTE format('DROP TABLE memdb.memory_embeddings_%s', closed);
END
$$;

DO $$
DECLARE
    dimension integer := (
        SELECT a.atttypmod FROM pg_attribute AS a WHERE a.attrelid = 'memdb.memories'::regclass AND a.attname = 'embedding'
    );
BEGIN
    CALL memdb.open_space(dimension, NULL);
    UPDATE memdb.embedding_spaces SET current_since = now();
END
$$;

GRANT SELECT ON memdb.indexed_embeddings TO memdb_app, memdb_admin;

-- The memories anew: a scan of a scope decodes each row up to the last column that it asks for, so what it asks for comes first, fixed widths
-- before others. 9 of the 20 ms that 20,000 memories took went into that.
ALTER TABLE memdb.memories RENAME TO old_memories;

CREATE TABLE memdb.memories (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    agent_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    observed_at timestamptz NOT NULL DEFAULT now(),
    valid_from timestamptz NOT NULL DEFAULT now(),
    valid_until timestamptz,
    expires_at timestamptz,
    deleted_at timestamptz,
    confidence double precision NOT NULL DEFAULT 0.8,
    usefulness double precision NOT NULL
    GENERATED ALWAYS AS ((votes_for + 1)::double precision / (votes_for + votes_against + 2)) STORED,
    version integer NOT NULL DEFAULT 1,
    votes_for integer NOT NULL DEFAULT 0,
    votes_against integer NOT NULL DEFAULT 0,
    -- Whether it had an embedding in the space of whoever wrote it last: what a background embedder goes by.
    embedded boolean NOT NULL DEFAULT false,
    user_id uuid,
    session_id uuid,
    superseded_by uuid,
    merged_into uuid,
    status text NOT NULL DEFAULT 'active',
    category text NOT NULL DEFAULT 'factual',
    search tsvector NOT NULL GENERATED ALWAYS AS (memdb.words(language, content) || memdb.words_of_day(language, observed_at)) STORED,
    tags text[] NOT NULL DEFAULT '{}',
    labels jsonb NOT NULL DEFAULT '{}',
    metadata jsonb NOT NULL DEFAULT '{}',
    content_hash bytea NOT NULL GENERATED ALWAYS AS (memdb.content_hash(content)) STORED,
    source text NOT NULL DEFAULT 'user_provided',
    language text NOT NULL DEFAULT 'english',
    embedding_model text,
    content text NOT NULL,
    CONSTRAINT memories_content_not_empty CHECK (content ~ '\S'),
    CONSTRAINT memories_content_length CHECK (char_length(content) <= 8192),
    CONSTRAINT memories_category_known CHECK (category IN ('factual', 'preference', 'behavioral', 'episodic', 'procedural')),
    CONSTRAINT memories_status_known CHECK (
        status IN ('draft', 'active', 'superseded', 'merged', 'archived', 'pending_review', 'quarantined', 'discarded')
    ),
    CONSTRAINT memories_source_known CHECK (source IN ('extracted', 'user_provided', 'imported', 'inferred')),
    CONSTRAINT memories_confidence_range CHECK (confidence BETWEEN 0 AND 1),
    CONSTRAINT memories_expiry_after_creation CHECK (expires_at > created_at),
    CONSTRAINT memories_validity_order CHECK (valid_until >= valid_from),
    CONSTRAINT memories_tags_count CHECK (cardinality(tags) <= 20),
    CONSTRAINT memories_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192),
    CONSTRAINT memories_embedding_model_length CHECK (char_length(embedding_model) BETWEEN 1 AND 256),
    CONSTRAINT memories_embedding_model_needs_embedding CHECK (embedding_model IS NULL OR embedded),
    CONSTRAINT memories_links_fit CHECK (
        (superseded_by IS NULL OR (status = 'superseded' AND superseded_by <> id))
        AND (merged_into IS NULL OR (status = 'merged' AND merged_into <> id))
    ),
    CONSTRAINT memories_labels_fit CHECK (
        labels = '{}' OR (jsonb_typeof(labels) = 'object' AND labels ? category AND memdb.labels_fit(labels))
    )
);

-- The lexemes of every row of its scope are what a search by words reads: they stay in the row, the content goes first when it gets long.
ALTER TABLE memdb.memories ALTER COLUMN search SET STORAGE MAIN;

-- Statistics to begin with, as in 0003_memories.
INSERT INTO memdb.memories (org_id, id, agent_id, user_id, session_id, content, expires_at, deleted_at, embedded)
SELECT
    md5('organization ' || i)::uuid,
    md5('memory ' || i)::uuid,
    md5('agent ' || i)::uuid,
    CASE WHEN i % 2 = 0 THEN md5('user ' || i)::uuid END,
    CASE WHEN i % 2 = 0 THEN md5('session ' || i)::uuid END,
    'memory ' || i,
    CASE WHEN i % 20 = 1 THEN now() + interval '1 year' END,
    CASE WHEN i % 20 = 2 THEN now() END,
    i % 20 <> 3
FROM generate_series(1, 500) AS i;

INSERT INTO memdb.memory_embeddings (org_id, memory_id, agent_id, space)
SELECT
    m.org_id,
    m.id,
    m.agent_id,
    1
FROM memdb.memories AS m;

ALTER TABLE memdb.memories ALTER COLUMN org_id SET (n_distinct = 1), ALTER COLUMN agent_id SET (n_distinct = 10);

ALTER TABLE memdb.memory_embeddings_1 ALTER COLUMN org_id SET (n_distinct = 1), ALTER COLUMN agent_id SET (n_distinct = 10);

ANALYZE memdb.memories, memdb.memory_embeddings;

ALTER TABLE memdb.memories ALTER COLUMN org_id RESET (n_distinct), ALTER COLUMN agent_id RESET (n_distinct);

ALTER TABLE memdb.memory_embeddings_1 ALTER COLUMN org_id RESET (n_distinct), ALTER COLUMN agent_id RESET (n_distinct);

TRUNCATE memdb.memories, memdb.memory_embeddings;

-- An agent is of one organization: without knowing that, the planner multiplies the shares of both.
CREATE STATISTICS memdb.memories_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.memories;

CREATE STATISTICS memdb.memory_embeddings_1_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.memory_embeddings_1;

-- Whoever applies this owns the table, and reads all of it while row-level security is not forced.
ALTER TABLE memdb.old_memories NO FORCE ROW LEVEL SECURITY;

DO $$
BEGIN
    EXECUTE format(
        'INSERT INTO memdb.memory_embeddings (org_id, memory_id, agent_id, space, embedding)
        SELECT
            m.org_id,
            m.id,
            m.agent_id,
            1,
            (CASE WHEN %1$I.vector_norm(m.embedding) > 0 THEN %1$I.l2_normalize(m.embedding) ELSE m.embedding END)::%1$I.halfvec
        FROM memdb.old_memories AS m
        WHERE m.embedding IS NOT NULL
        ORDER BY m.org_id, m.id',
        (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'vector')
    );
END
$$;

INSERT INTO memdb.memories (
    org_id, id, agent_id, created_at, updated_at, observed_at, valid_from, valid_until, expires_at, deleted_at, confidence, version,
    votes_for, votes_against, embedded, user_id, session_id, superseded_by, merged_into, status, category, tags, labels, metadata, source,
    embedding_model, content
)
SELECT
    m.org_id,
    m.id,
    m.agent_id,
    m.created_at,
    m.updated_at,
    m.observed_at,
    m.valid_from,
    m.valid_until,
    m.expires_at,
    m.deleted_at,
    m.confidence,
    m.version,
    m.votes_for,
    m.votes_against,
    m.embedding IS NOT NULL,
    m.user_id,
    m.session_id,
    m.superseded_by,
    m.merged_into,
    m.status,
    m.category,
    m.tags,
    m.labels,
    m.metadata,
    m.source,
    m.embedding_model,
    m.content
FROM memdb.old_memories AS m
ORDER BY m.org_id, m.id;

-- What refers to the memories refers to the new ones.
ALTER TABLE memdb.memory_tags DROP CONSTRAINT memory_tags_memory_exists;

ALTER TABLE memdb.memory_versions DROP CONSTRAINT memory_versions_memory_exists;

ALTER TABLE memdb.memory_relations DROP CONSTRAINT memory_relations_source_exists, DROP CONSTRAINT memory_relations_target_exists;

ALTER TABLE memdb.memory_escalations
    DROP CONSTRAINT memory_escalations_memory_exists, DROP CONSTRAINT memory_escalations_candidate_exists;

ALTER TABLE memdb.memory_usage DROP CONSTRAINT memory_usage_memory_exists;

ALTER TABLE memdb.memory_votes DROP CONSTRAINT memory_votes_memory_exists;

DROP FUNCTION memdb.version_of(memdb.old_memories, text, text, text);

DROP TABLE memdb.old_memories;

ALTER TABLE memdb.memories ADD CONSTRAINT memories_pkey PRIMARY KEY (org_id, id);

CREATE INDEX memories_of_agent ON memdb.memories (org_id, agent_id, id) WHERE deleted_at IS NULL;

CREATE INDEX memories_of_user ON memdb.memories (org_id, user_id, id) WHERE user_id IS NOT NULL;

CREATE INDEX memories_of_session ON memdb.memories (org_id, session_id, id) WHERE session_id IS NOT NULL AND deleted_at IS NULL;

CREATE INDEX memories_unembedded ON memdb.memories (org_id, id) WHERE NOT embedded AND deleted_at IS NULL;

CREATE INDEX memories_superseded_by ON memdb.memories (org_id, superseded_by) WHERE superseded_by IS NOT NULL;

CREATE INDEX memories_merged_into ON memdb.memories (org_id, merged_into) WHERE merged_into IS NOT NULL;

CREATE INDEX memories_hot ON memdb.memories (org_id, agent_id, usefulness DESC, id DESC) WHERE status = 'active' AND deleted_at IS NULL;

CREATE INDEX memories_ended ON memdb.memories (org_id, coalesce(deleted_at, expires_at)) WHERE coalesce(deleted_at, expires_at) IS NOT NULL;

CREATE UNIQUE INDEX memories_content_unique ON memdb.memories (org_id, content_hash, agent_id, user_id)
    NULLS NOT DISTINCT WHERE status = 'active' AND deleted_at IS NULL;

ALTER TABLE memdb.memories
    ADD CONSTRAINT memories_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    ADD CONSTRAINT memories_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id),
    ADD CONSTRAINT memories_successor_exists FOREIGN KEY (org_id, superseded_by) REFERENCES memdb.memories (org_id, id),
    ADD CONSTRAINT memories_merged_exists FOREIGN KEY (org_id, merged_into) REFERENCES memdb.memories (org_id, id);

ALTER TABLE memdb.memory_tags
    ADD CONSTRAINT memory_tags_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories (org_id, id) ON DELETE CASCADE;

ALTER TABLE memdb.memory_versions
    ADD CONSTRAINT memory_versions_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories (org_id, id) ON DELETE CASCADE;

ALTER TABLE memdb.memory_relations
    ADD CONSTRAINT memory_relations_source_exists FOREIGN KEY (org_id, source_id) REFERENCES memdb.memories (org_id, id) ON DELETE CASCADE,
    ADD CONSTRAINT memory_relations_target_exists FOREIGN KEY (org_id, target_id) REFERENCES memdb.memories (org_id, id) ON DELETE CASCADE;

ALTER TABLE memdb.memory_escalations
    ADD CONSTRAINT memory_escalations_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories (org_id, id) ON DELETE CASCADE,
    ADD CONSTRAINT memory_escalations_candidate_exists
    FOREIGN KEY (org_id, candidate_id) REFERENCES memdb.memories (org_id, id) ON DELETE CASCADE;

ALTER TABLE memdb.memory_usage
    ADD CONSTRAINT memory_usage_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories (org_id, id) ON DELETE CASCADE;

ALTER TABLE memdb.memory_votes
    ADD CONSTRAINT memory_votes_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories (org_id, id) ON DELETE CASCADE;

ALTER TABLE memdb.memory_embeddings
    ADD CONSTRAINT memory_embeddings_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories (org_id, id) ON DELETE CASCADE;

CALL memdb.isolate('memdb.memories');

CALL memdb.isolate('memdb.memory_embeddings');

-- As in 0006_memory_life.
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

CREATE OR REPLACE VIEW memdb.writers WITH (security_invoker = true) AS
SELECT
    a.org_id,
    a.id,
    a.status,
    a.deleted_at,
    o.status AS organization_status,
    o.deleted_at AS organization_deleted_at,
    o.memory_quota,
    o.monthly_token_quota,
    o.language
FROM memdb.agents AS a
JOIN memdb.organizations AS o ON o.id = a.org_id;

GRANT SELECT, INSERT, UPDATE (
    updated_at, observed_at, valid_from, valid_until, expires_at, deleted_at, confidence, version, category, labels, status, embedding_model,
    content, tags, metadata, embedded, language, superseded_by, merged_into, votes_for, votes_against
) ON memdb.memories TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.memories TO memdb_admin;

GRANT SELECT, INSERT, UPDATE (embedding) ON memdb.memory_embeddings TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.memory_embeddings TO memdb_admin;

GRANT SELECT ON memdb.embedding_spaces TO memdb_app;

GRANT SELECT, UPDATE (model, current_since) ON memdb.embedding_spaces TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0009_embeddings';
