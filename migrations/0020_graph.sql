-- depends: 0019_facts
-- The graph: what holds between entities, how strongly, and since when; and merges of entities.

CREATE TABLE memdb.edges (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    agent_id uuid NOT NULL,
    source_id uuid NOT NULL,
    target_id uuid NOT NULL,
    -- The fact that shows it: if that is invalidated, so is this.
    fact_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz,
    valid_from timestamptz,
    valid_until timestamptz,
    invalidated_at timestamptz,
    weight double precision NOT NULL DEFAULT 0.8,
    assertions integer NOT NULL DEFAULT 1,
    version integer NOT NULL DEFAULT 1,
    type text NOT NULL,
    provenance text,
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT edges_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT edges_unique UNIQUE (org_id, source_id, target_id, type),
    CONSTRAINT edges_not_to_itself CHECK (source_id <> target_id),
    CONSTRAINT edges_weight_range CHECK (weight BETWEEN 0 AND 1),
    CONSTRAINT edges_type_form CHECK (type ~ '^[a-z][a-z0-9_]{0,63}$'),
    CONSTRAINT edges_provenance_length CHECK (char_length(provenance) BETWEEN 1 AND 32),
    CONSTRAINT edges_valid_interval CHECK (valid_until > valid_from),
    CONSTRAINT edges_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192)
) WITH (fillfactor = 80);

CREATE INDEX edges_from ON memdb.edges (org_id, source_id, target_id) WHERE invalidated_at IS NULL;

CREATE INDEX edges_to ON memdb.edges (org_id, target_id, source_id) WHERE invalidated_at IS NULL;

CREATE INDEX edges_of_target ON memdb.edges (org_id, target_id);

CREATE INDEX edges_of_fact ON memdb.edges (org_id, fact_id) WHERE fact_id IS NOT NULL;

CREATE INDEX edges_of_agent ON memdb.edges (org_id, agent_id, id);

ALTER TABLE memdb.edges
    ADD CONSTRAINT edges_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    ADD CONSTRAINT edges_source_exists FOREIGN KEY (org_id, source_id) REFERENCES memdb.entities (org_id, id) ON DELETE CASCADE,
    ADD CONSTRAINT edges_target_exists FOREIGN KEY (org_id, target_id) REFERENCES memdb.entities (org_id, id) ON DELETE CASCADE,
    ADD CONSTRAINT edges_fact_exists FOREIGN KEY (org_id, fact_id) REFERENCES memdb.facts (org_id, id) ON DELETE SET NULL (fact_id);

CALL memdb.isolate('memdb.edges');

GRANT SELECT, INSERT, UPDATE (
    source_id, target_id, fact_id, updated_at, used_at, valid_from, valid_until, invalidated_at, weight, assertions, version, provenance, metadata
) ON memdb.edges TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.edges TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0020_graph';
