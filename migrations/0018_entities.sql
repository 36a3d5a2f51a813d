-- depends: 0017_events
-- Entities: the people, places and things that an agent knows, each by one canonical key and any number of other names.

CREATE TABLE memdb.entities (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    agent_id uuid NOT NULL,
    -- Always one that is not merged itself.
    merged_into uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    summarised_at timestamptz,
    profiled_at timestamptz,
    importance double precision NOT NULL DEFAULT 0.5,
    -- How often it was seen.
    mentions integer NOT NULL DEFAULT 1,
    version integer NOT NULL DEFAULT 1,
    embedded boolean NOT NULL DEFAULT false,
    status text NOT NULL DEFAULT 'active',
    type text NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    summary text,
    profile text,
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT entities_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT entities_status_known CHECK (status IN ('active', 'merged')),
    CONSTRAINT entities_merged_fits CHECK ((status = 'merged') = (merged_into IS NOT NULL) AND merged_into <> id),
    CONSTRAINT entities_importance_range CHECK (importance BETWEEN 0 AND 1),
    CONSTRAINT entities_type_form CHECK (type ~ '^[a-z][a-z0-9_]{0,31}$'),
    CONSTRAINT entities_key_length CHECK (char_length(key) BETWEEN 1 AND 256),
    CONSTRAINT entities_name_length CHECK (char_length(name) BETWEEN 1 AND 256),
    CONSTRAINT entities_name_not_empty CHECK (name ~ '\S'),
    CONSTRAINT entities_summary_length CHECK (char_length(summary) BETWEEN 1 AND 8192),
    CONSTRAINT entities_profile_length CHECK (char_length(profile) BETWEEN 1 AND 8192),
    CONSTRAINT entities_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192)
) WITH (fillfactor = 80);

CREATE UNIQUE INDEX entities_key_unique ON memdb.entities (org_id, agent_id, key) WHERE status = 'active' AND deleted_at IS NULL;

CREATE INDEX entities_of_agent ON memdb.entities (org_id, agent_id, last_seen_at, id) WHERE status = 'active' AND deleted_at IS NULL;

CREATE INDEX entities_merged_into ON memdb.entities (org_id, merged_into) WHERE merged_into IS NOT NULL;

CREATE INDEX entities_unembedded ON memdb.entities (org_id, id) WHERE NOT embedded AND status = 'active' AND deleted_at IS NULL;

CREATE INDEX entities_deleted ON memdb.entities (org_id, coalesce(deleted_at, '-infinity')) WHERE coalesce(deleted_at, '-infinity') > '-infinity';

CALL memdb.add_embeddings_of('memdb.entities', 'entity');

-- Other names of an entity; `key` is the name as it is compared. The first to take a name keeps it.
CREATE TABLE memdb.entity_aliases (
    org_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    entity_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    key text NOT NULL,
    alias text NOT NULL,
    CONSTRAINT entity_aliases_pkey PRIMARY KEY (org_id, agent_id, key),
    CONSTRAINT entity_aliases_key_length CHECK (char_length(key) BETWEEN 1 AND 256),
    CONSTRAINT entity_aliases_alias_length CHECK (char_length(alias) BETWEEN 1 AND 256)
);

CREATE INDEX entity_aliases_of_entity ON memdb.entity_aliases (org_id, entity_id, key);

CREATE STATISTICS memdb.entities_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.entities;

ALTER TABLE memdb.entities
    ADD CONSTRAINT entities_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    ADD CONSTRAINT entities_merged_exists FOREIGN KEY (org_id, merged_into) REFERENCES memdb.entities (org_id, id);

ALTER TABLE memdb.entity_aliases
    ADD CONSTRAINT entity_aliases_entity_exists FOREIGN KEY (org_id, entity_id) REFERENCES memdb.entities (org_id, id) ON DELETE CASCADE;

CALL memdb.isolate('memdb.entities');

CALL memdb.isolate('memdb.entity_aliases');

GRANT SELECT, INSERT, UPDATE (
    merged_into, updated_at, deleted_at, first_seen_at, last_seen_at, summarised_at, profiled_at, importance, mentions, version, embedded,
    status, type, key, name, summary, profile, metadata
) ON memdb.entities TO memdb_app;

GRANT SELECT, INSERT, DELETE, UPDATE (entity_id) ON memdb.entity_aliases TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.entities, memdb.entity_aliases TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0018_entities';
