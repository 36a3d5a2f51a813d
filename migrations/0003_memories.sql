-- depends: 0002_tenancy
-- Memories, their tags and their history.

-- SHA-256 of the content with its case folded and its white space collapsed: two memories that differ only in those are the same.
-- convert_to is only stable because an encoding's conversion could be replaced; UTF8 to UTF8 never is.
CREATE FUNCTION memdb.content_hash(content text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT sha256(convert_to(lower(btrim(regexp_replace(content, '\s+', ' ', 'g'))), 'UTF8')) $$;

CREATE TABLE memdb.memories (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    agent_id uuid NOT NULL,
    user_id uuid,
    session_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    observed_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    deleted_at timestamptz,
    confidence double precision NOT NULL DEFAULT 0.8,
    version integer NOT NULL DEFAULT 1,
    category text NOT NULL DEFAULT 'factual',
    status text NOT NULL DEFAULT 'active',
    source text NOT NULL DEFAULT 'user_provided',
    embedding_model text,
    content text NOT NULL,
    content_hash bytea NOT NULL GENERATED ALWAYS AS (memdb.content_hash(content)) STORED,
    tags text[] NOT NULL DEFAULT '{}',
    metadata jsonb NOT NULL DEFAULT '{}',
    search tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('english', content)) STORED,
    CONSTRAINT memories_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT memories_content_not_empty CHECK (content ~ '\S'),
    CONSTRAINT memories_content_length CHECK (char_length(content) <= 8192),
    CONSTRAINT memories_category_known CHECK (category IN ('factual', 'preference', 'behavioral', 'episodic', 'procedural')),
    CONSTRAINT memories_status_known CHECK (status IN ('active', 'superseded', 'merged', 'archived', 'pending_review', 'quarantined')),
    CONSTRAINT memories_source_known CHECK (source IN ('extracted', 'user_provided', 'imported', 'inferred')),
    CONSTRAINT memories_confidence_range CHECK (confidence BETWEEN 0 AND 1),
    CONSTRAINT memories_expiry_after_creation CHECK (expires_at > created_at),
    CONSTRAINT memories_tags_count CHECK (cardinality(tags) <= 20),
    CONSTRAINT memories_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192),
    CONSTRAINT memories_embedding_model_length CHECK (char_length(embedding_model) BETWEEN 1 AND 256)
);

-- The dimension is fixed here, by the setting that memdb's yoyo backend makes from MEMDB_EMBEDDING_DIM.
DO $$
DECLARE
    dimension integer := coalesce(nullif(current_setting('memdb.embedding_dim', true), ''), '384');
BEGIN
    IF dimension NOT BETWEEN 1 AND 4000 THEN
        RAISE EXCEPTION 'MEMDB_EMBEDDING_DIM must be between 1 and 4000 (the limit of a halfvec index), not %', dimension;
    END IF;
    -- The type's schema need not be on the search path of whoever applies the migrations.
    EXECUTE (
        SELECT format('ALTER TABLE memdb.memories ADD COLUMN embedding %I.vector(%s)', n.nspname, dimension)
        FROM pg_extension AS e
        JOIN pg_namespace AS n ON n.oid = e.extnamespace
        WHERE e.extname = 'vector'
    );
END
$$;

-- What a search reads of every row of its scope is kept in the row: as soon as a row passes 2 KB, PostgreSQL would put the embedding or the
-- lexemes beside it, and a scan would fetch each by itself (10 ms instead of 1 for 4,000 rows of 384 dimensions). The content goes first.
ALTER TABLE memdb.memories ALTER COLUMN embedding SET STORAGE MAIN, ALTER COLUMN search SET STORAGE MAIN;

ALTER TABLE memdb.memories ADD CONSTRAINT memories_embedding_model_needs_embedding CHECK (embedding_model IS NULL OR embedding IS NOT NULL);

CREATE INDEX memories_of_agent ON memdb.memories (org_id, agent_id, id) WHERE deleted_at IS NULL;

CREATE INDEX memories_of_user ON memdb.memories (org_id, user_id, id) WHERE user_id IS NOT NULL AND deleted_at IS NULL;

CREATE INDEX memories_of_session ON memdb.memories (org_id, session_id, id) WHERE session_id IS NOT NULL AND deleted_at IS NULL;

CREATE INDEX memories_unembedded ON memdb.memories (org_id, id) WHERE embedding IS NULL AND deleted_at IS NULL;

-- One active memory per content. The user is part of the key: what two users say alike stays two memories.
CREATE UNIQUE INDEX memories_content_unique ON memdb.memories (org_id, content_hash, agent_id, user_id)
    NULLS NOT DISTINCT WHERE status = 'active' AND deleted_at IS NULL;

-- Finds memories by tag: an index on the array would not be used, for its operators are not leakproof. The array is what counts; a row here
-- may outlive a concurrent change of it.
CREATE TABLE memdb.memory_tags (
    org_id uuid NOT NULL,
    memory_id uuid NOT NULL,
    tag text NOT NULL,
    CONSTRAINT memory_tags_pkey PRIMARY KEY (org_id, memory_id, tag),
    CONSTRAINT memory_tags_tag_length CHECK (char_length(tag) BETWEEN 1 AND 64)
);

CREATE INDEX memory_tags_by_tag ON memdb.memory_tags (org_id, tag, memory_id);

-- One row per version of a memory, written by the statement that made it: the state it left, and why. Append-only for the service.
CREATE TABLE memdb.memory_versions (
    org_id uuid NOT NULL,
    memory_id uuid NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    deleted_at timestamptz,
    confidence double precision NOT NULL,
    version integer NOT NULL,
    operation text NOT NULL,
    category text NOT NULL,
    status text NOT NULL,
    content text NOT NULL,
    reason text,
    tags text[] NOT NULL,
    metadata jsonb NOT NULL,
    CONSTRAINT memory_versions_pkey PRIMARY KEY (org_id, memory_id, version),
    CONSTRAINT memory_versions_operation_known CHECK (operation IN ('create', 'update', 'delete', 'restore', 'expire')),
    CONSTRAINT memory_versions_reason_length CHECK (char_length(reason) BETWEEN 1 AND 2000)
);

-- Statistics to begin with, as in 0002_tenancy. Without them the planner reads all that an agent knows to find out whether it
-- knows one thing more: a bulk load of N memories takes N^2.
INSERT INTO memdb.memories (org_id, id, agent_id, user_id, session_id, content, expires_at, deleted_at)
SELECT
    md5('organization ' || i)::uuid,
    md5('memory ' || i)::uuid,
    md5('agent ' || i)::uuid,
    CASE WHEN i % 2 = 0 THEN md5('user ' || i)::uuid END,
    CASE WHEN i % 2 = 0 THEN md5('session ' || i)::uuid END,
    'memory ' || i,
    CASE WHEN i % 20 = 1 THEN now() + interval '1 year' END,
    CASE WHEN i % 20 = 2 THEN now() END
FROM generate_series(1, 500) AS i;

INSERT INTO memdb.memory_tags (org_id, memory_id, tag)
SELECT
    m.org_id,
    m.id,
    'tag ' || m.content
FROM memdb.memories AS m;

INSERT INTO memdb.memory_versions (org_id, memory_id, version, operation, content, category, status, confidence, tags, metadata)
SELECT
    m.org_id,
    m.id,
    m.version,
    'create',
    m.content,
    m.category,
    m.status,
    m.confidence,
    '{}',
    m.metadata
FROM memdb.memories AS m;

ALTER TABLE memdb.memories ALTER COLUMN org_id SET (n_distinct = 1), ALTER COLUMN agent_id SET (n_distinct = 10);

ALTER TABLE memdb.memory_tags ALTER COLUMN org_id SET (n_distinct = 1);

ALTER TABLE memdb.memory_versions ALTER COLUMN org_id SET (n_distinct = 1);

ANALYZE memdb.memories, memdb.memory_tags, memdb.memory_versions;

ALTER TABLE memdb.memories ALTER COLUMN org_id RESET (n_distinct), ALTER COLUMN agent_id RESET (n_distinct);

ALTER TABLE memdb.memory_tags ALTER COLUMN org_id RESET (n_distinct);

ALTER TABLE memdb.memory_versions ALTER COLUMN org_id RESET (n_distinct);

TRUNCATE memdb.memories, memdb.memory_tags, memdb.memory_versions;

ALTER TABLE memdb.memories
    ADD CONSTRAINT memories_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    ADD CONSTRAINT memories_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id);

ALTER TABLE memdb.memory_tags
    ADD CONSTRAINT memory_tags_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories (org_id, id) ON DELETE CASCADE;

ALTER TABLE memdb.memory_versions
    ADD CONSTRAINT memory_versions_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories (org_id, id) ON DELETE CASCADE;

ALTER TABLE memdb.memories ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memories FORCE ROW LEVEL SECURITY;

CREATE POLICY tenant ON memdb.memories
    USING (org_id = nullif(current_setting('memdb.org_id', true), '')::uuid);

CREATE POLICY admin ON memdb.memories TO memdb_admin USING (true);

ALTER TABLE memdb.memory_tags ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memory_tags FORCE ROW LEVEL SECURITY;

CREATE POLICY tenant ON memdb.memory_tags
    USING (org_id = nullif(current_setting('memdb.org_id', true), '')::uuid);

CREATE POLICY admin ON memdb.memory_tags TO memdb_admin USING (true);

ALTER TABLE memdb.memory_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memory_versions FORCE ROW LEVEL SECURITY;

CREATE POLICY tenant ON memdb.memory_versions
    USING (org_id = nullif(current_setting('memdb.org_id', true), '')::uuid);

CREATE POLICY admin ON memdb.memory_versions TO memdb_admin USING (true);

GRANT SELECT, INSERT, UPDATE ON memdb.memories TO memdb_app;

GRANT SELECT, INSERT, DELETE ON memdb.memory_tags TO memdb_app;

GRANT SELECT, INSERT ON memdb.memory_versions TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.memories, memdb.memory_tags, memdb.memory_versions TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0003_memories';
