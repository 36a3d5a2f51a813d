-- depends: 0005_accounts
-- The life of a memory: states and the ways between them, validity, labels, relations, use, votes, conflicts.

-- What is valid since when was not known before: since it was observed. An expression fills the column whoever applies this, under row-level
-- security, too; then it is a column like any other.
ALTER TABLE memdb.memories
    ADD COLUMN valid_from timestamptz NOT NULL GENERATED ALWAYS AS (observed_at) STORED,
    ADD COLUMN valid_until timestamptz,
    ADD COLUMN superseded_by uuid,
    ADD COLUMN merged_into uuid,
    ADD COLUMN labels jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN votes_for integer NOT NULL DEFAULT 0,
    ADD COLUMN votes_against integer NOT NULL DEFAULT 0,
    -- Laplace's rule of succession: the share of votes for it, as if each kind had been cast once more.
    ADD COLUMN usefulness double precision NOT NULL
    GENERATED ALWAYS AS ((votes_for + 1)::double precision / (votes_for + votes_against + 2)) STORED;

ALTER TABLE memdb.memories ALTER COLUMN valid_from DROP EXPRESSION;

ALTER TABLE memdb.memories ALTER COLUMN valid_from SET DEFAULT now();

-- As before, but in PL/pgSQL: a column's or a constraint's expression is planned anew by every execution, and to find out that this function
-- cannot be inlined, PostgreSQL parsed its text each time (25 of 270 microseconds of an insert).
CREATE OR REPLACE FUNCTION memdb.content_hash(content text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    RETURN sha256(convert_to(lower(btrim(regexp_replace(content, '\s+', ' ', 'g'))), 'UTF8'));
END
$$;

-- Whether each key is a category and each value a confidence.
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

ALTER TABLE memdb.memories
    DROP CONSTRAINT memories_status_known,
    ADD CONSTRAINT memories_status_known CHECK (
        status IN ('draft', 'active', 'superseded', 'merged', 'archived', 'pending_review', 'quarantined', 'discarded')
    ),
    ADD CONSTRAINT memories_validity_order CHECK (valid_until >= valid_from),
    ADD CONSTRAINT memories_links_fit CHECK (
        (superseded_by IS NULL OR (status = 'superseded' AND superseded_by <> id))
        AND (merged_into IS NULL OR (status = 'merged' AND merged_into <> id))
    ),
    ADD CONSTRAINT memories_labels_fit CHECK (
        labels = '{}' OR (jsonb_typeof(labels) = 'object' AND labels ? category AND memdb.labels_fit(labels))
    ),
    ADD CONSTRAINT memories_successor_exists FOREIGN KEY (org_id, superseded_by) REFERENCES memdb.memories (org_id, id),
    ADD CONSTRAINT memories_merged_exists FOREIGN KEY (org_id, merged_into) REFERENCES memdb.memories (org_id, id);

CREATE INDEX memories_superseded_by ON memdb.memories (org_id, superseded_by) WHERE superseded_by IS NOT NULL;

CREATE INDEX memories_merged_into ON memdb.memories (org_id, merged_into) WHERE merged_into IS NOT NULL;

CREATE INDEX memories_hot ON memdb.memories (org_id, agent_id, usefulness DESC, id DESC) WHERE status = 'active' AND deleted_at IS NULL;

-- The status after `current`, which is another. Raises MV003 if there is no way from it to `wanted`. Used in SET, it sees no row but the one changed.
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

-- Always true, or MV005, which says what `field` must be.
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

ALTER TABLE memdb.memory_versions
    DROP CONSTRAINT memory_versions_operation_known,
    ADD CONSTRAINT memory_versions_operation_known CHECK (
        operation IN ('create', 'update', 'delete', 'restore', 'expire', 'supersede', 'merge', 'revert')
    ),
    ADD COLUMN changed_by text,
    ADD COLUMN labels jsonb NOT NULL DEFAULT '{}',
    -- NULL in versions from before validity was known.
    ADD COLUMN valid_from timestamptz,
    ADD COLUMN valid_until timestamptz,
    ADD COLUMN superseded_by uuid,
    ADD COLUMN merged_into uuid,
    ADD CONSTRAINT memory_versions_changed_by_length CHECK (char_length(changed_by) BETWEEN 1 AND 200);

-- The history row of a memory as it is: every statement that changes a memory inserts it.
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

-- The fields in which a version differs from the one before it; none for the first.
CREATE FUNCTION memdb.changed_fields(version memdb.memory_versions, previous memdb.memory_versions) RETURNS text[]
LANGUAGE sql STABLE
RETURN ARRAY(
    SELECT field.name
    FROM (
        VALUES
        ('content', version.content <> previous.content),
        ('category', version.category <> previous.category),
        ('labels', version.labels <> previous.labels),
        ('status', version.status <> previous.status),
        ('confidence', version.confidence <> previous.confidence),
        ('tags', version.tags <> previous.tags),
        ('metadata', version.metadata <> previous.metadata),
        ('valid_from', version.valid_from IS DISTINCT FROM previous.valid_from),
        ('valid_until', version.valid_until IS DISTINCT FROM previous.valid_until),
        ('expires_at', version.expires_at IS DISTINCT FROM previous.expires_at),
        ('deleted_at', version.deleted_at IS DISTINCT FROM previous.deleted_at),
        ('superseded_by', version.superseded_by IS DISTINCT FROM previous.superseded_by),
        ('merged_into', version.merged_into IS DISTINCT FROM previous.merged_into)
    ) AS field (name, differs)
    WHERE field.differs
        AND previous.version IS NOT NULL
);

CREATE TABLE memdb.memory_relations (
    org_id uuid NOT NULL,
    source_id uuid NOT NULL,
    target_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    confidence double precision NOT NULL,
    type text NOT NULL,
    created_by text,
    notes text,
    CONSTRAINT memory_relations_pkey PRIMARY KEY (org_id, source_id, type, target_id),
    CONSTRAINT memory_relations_source_exists FOREIGN KEY (org_id, source_id) REFERENCES memdb.memories (org_id, id) ON DELETE CASCADE,
    CONSTRAINT memory_relations_target_exists FOREIGN KEY (org_id, target_id) REFERENCES memdb.memories (org_id, id) ON DELETE CASCADE,
    CONSTRAINT memory_relations_type_known CHECK (
        type IN ('supersedes', 'contradicts', 'specializes', 'generalizes', 'merged_from', 'derived_from')
    ),
    CONSTRAINT memory_relations_no_loop CHECK (source_id <> target_id),
    CONSTRAINT memory_relations_confidence_range CHECK (confidence BETWEEN 0 AND 1),
    CONSTRAINT memory_relations_notes_length CHECK (char_length(notes) BETWEEN 1 AND 2000)
);

CREATE INDEX memory_relations_to ON memdb.memory_relations (org_id, target_id, type, source_id);

-- Two memories whose statements conflict while both are valid; somebody decides.
CREATE TABLE memdb.memory_escalations (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    memory_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    resolved_at timestamptz,
    kind text NOT NULL,
    status text NOT NULL DEFAULT 'pending',
    subject text,
    reason text,
    created_by text,
    resolved_by text,
    resolution text,
    CONSTRAINT memory_escalations_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT memory_escalations_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories (org_id, id) ON DELETE CASCADE,
    CONSTRAINT memory_escalations_candidate_exists FOREIGN KEY (org_id, candidate_id)
        REFERENCES memdb.memories (org_id, id) ON DELETE CASCADE,
    CONSTRAINT memory_escalations_two_memories CHECK (memory_id <> candidate_id),
    CONSTRAINT memory_escalations_kind_known CHECK (kind IN ('contradiction', 'duplicate', 'update', 'other')),
    CONSTRAINT memory_escalations_status_known CHECK (status IN ('pending', 'resolved', 'dismissed')),
    CONSTRAINT memory_escalations_subject_length CHECK (char_length(subject) BETWEEN 1 AND 200),
    CONSTRAINT memory_escalations_reason_length CHECK (char_length(reason) BETWEEN 1 AND 2000),
    CONSTRAINT memory_escalations_resolution_length CHECK (char_length(resolution) BETWEEN 1 AND 2000),
    CONSTRAINT memory_escalations_resolved_or_pending CHECK ((status = 'pending') = (resolved_at IS NULL))
);

CREATE UNIQUE INDEX memory_escalations_pair_unique
    ON memdb.memory_escalations (org_id, least(memory_id, candidate_id), greatest(memory_id, candidate_id)) WHERE status = 'pending';

CREATE INDEX memory_escalations_pending ON memdb.memory_escalations (org_id, id) WHERE status = 'pending';

CREATE INDEX memory_escalations_of_memory ON memdb.memory_escalations (org_id, memory_id);

CREATE INDEX memory_escalations_of_candidate ON memdb.memory_escalations (org_id, candidate_id);

-- Counts that change with reading. No index but the key, and room in each page for a second version of every row: an update stays on its page
-- and touches no index (HOT).
CREATE TABLE memdb.memory_usage (
    org_id uuid NOT NULL,
    memory_id uuid NOT NULL,
    last_retrieved_at timestamptz,
    last_injected_at timestamptz,
    retrievals integer NOT NULL DEFAULT 0,
    injections integer NOT NULL DEFAULT 0,
    CONSTRAINT memory_usage_pkey PRIMARY KEY (org_id, memory_id),
    CONSTRAINT memory_usage_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories (org_id, id) ON DELETE CASCADE
) WITH (fillfactor = 40);

-- One vote an agent. `previous` is what the vote was before its last change: it lets the statement that changes it move the counts exactly.
CREATE TABLE memdb.memory_votes (
    org_id uuid NOT NULL,
    memory_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    session_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    vote text NOT NULL,
    previous text,
    trace_id text,
    notes text,
    CONSTRAINT memory_votes_pkey PRIMARY KEY (org_id, memory_id, agent_id),
    CONSTRAINT memory_votes_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories (org_id, id) ON DELETE CASCADE,
    CONSTRAINT memory_votes_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    CONSTRAINT memory_votes_vote_known CHECK (vote IN ('positive', 'negative', 'neutral')),
    CONSTRAINT memory_votes_trace_length CHECK (char_length(trace_id) BETWEEN 1 AND 200),
    CONSTRAINT memory_votes_notes_length CHECK (char_length(notes) BETWEEN 1 AND 2000)
);

CALL memdb.isolate('memdb.memory_relations');

CALL memdb.isolate('memdb.memory_escalations');

CALL memdb.isolate('memdb.memory_usage');

CALL memdb.isolate('memdb.memory_votes');

-- Whose memory it is, and when it was made, is said once.
REVOKE UPDATE ON memdb.memories FROM memdb_app;

GRANT UPDATE (
    updated_at, observed_at, valid_from, valid_until, expires_at, deleted_at, confidence, version, category, labels, status, embedding_model,
    content, tags, metadata, embedding, superseded_by, merged_into, votes_for, votes_against
) ON memdb.memories TO memdb_app;

GRANT SELECT, INSERT, UPDATE ON memdb.memory_escalations, memdb.memory_usage, memdb.memory_votes TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.memory_relations TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE
ON memdb.memory_relations, memdb.memory_escalations, memdb.memory_usage, memdb.memory_votes
TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0006_memory_life';
