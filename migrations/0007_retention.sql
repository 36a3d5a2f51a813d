-- depends: 0006_memory_life
-- The end of data: what can be purged, legal holds that forbid it, and receipts of what was erased.

-- By the time when a memory ended or will end. An expression of its own, so that the planner does not take this index for a statement that
-- looks for one expired memory among many: adding a memory is such.
CREATE INDEX memories_ended ON memdb.memories (org_id, coalesce(deleted_at, expires_at)) WHERE coalesce(deleted_at, expires_at) IS NOT NULL;

-- Deleted memories, too, have a user to be erased; and without an index on all of them each removal of a user would read the tenant's memories.
DROP INDEX memdb.memories_of_user;

CREATE INDEX memories_of_user ON memdb.memories (org_id, user_id, id) WHERE user_id IS NOT NULL;

-- Of one user, of one agent, or of the whole organization where neither is named.
CREATE TABLE memdb.legal_holds (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    user_id uuid,
    agent_id uuid,
    placed_at timestamptz NOT NULL DEFAULT now(),
    released_at timestamptz,
    name text NOT NULL,
    reason text,
    placed_by text,
    released_by text,
    release_reason text,
    CONSTRAINT legal_holds_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT legal_holds_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations (id),
    CONSTRAINT legal_holds_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id),
    CONSTRAINT legal_holds_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    CONSTRAINT legal_holds_one_scope CHECK (num_nonnulls(user_id, agent_id) <= 1),
    CONSTRAINT legal_holds_name_length CHECK (name ~ '\S' AND char_length(name) <= 200),
    CONSTRAINT legal_holds_reason_length CHECK (char_length(reason) BETWEEN 1 AND 2000),
    CONSTRAINT legal_holds_release_reason_length CHECK (char_length(release_reason) BETWEEN 1 AND 2000)
);

CREATE UNIQUE INDEX legal_holds_name_unique ON memdb.legal_holds (org_id, name) WHERE released_at IS NULL;

-- What was erased, when and by whom: a row from the beginning of an erasure, counted on in each of its transactions. It stays when its
-- organization is gone, so it refers to nothing.
CREATE TABLE memdb.erasures (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    user_id uuid,
    begun_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    erased_by text,
    rows jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT erasures_pkey PRIMARY KEY (org_id, id)
);

CREATE UNIQUE INDEX erasures_one_under_way ON memdb.erasures (org_id, user_id) NULLS NOT DISTINCT WHERE finished_at IS NULL;

CALL memdb.isolate('memdb.legal_holds');

CALL memdb.isolate('memdb.erasures');

GRANT SELECT ON memdb.legal_holds TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.legal_holds TO memdb_admin;

GRANT SELECT, INSERT, UPDATE (rows, finished_at) ON memdb.erasures TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0007_retention';
