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
    CONSTRAINT attributes_time_to_live_positive CHECK (time_to_live > '0'),
    CONSTRAINT attributes_proposed_by_length CHECK (char_length(proposed_by) BETWEEN 1 AND 200),
    CONSTRAINT attributes_reason_length CHECK (char_length(reason) BETWEEN 1 AND 2000),
    CONSTRAINT attributes_example_length CHECK (char_length(example) BETWEEN 1 AND 256)
) WITH (fillfactor = 80);

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
    valid_until timestamptz,
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
    -- What makes it the same as another fact of its entity and attribute: the value, or without an attribute the content.
    same_key text NOT NULL,
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT facts_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT facts_status_known CHECK (status IN ('active', 'superseded', 'invalidated')),
    CONSTRAINT facts_superseded_fits CHECK (superseded_by IS NULL OR (status = 'superseded' AND superseded_by <> id)),
    CONSTRAINT facts_invalidated_fits CHECK ((status = 'active') = (invalidated_at IS NULL)),
    CONSTRAINT facts_valid_interval CHECK (valid_until > valid_from),
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

CREATE UNIQUE INDEX facts_same_unique ON memdb.facts (org_id, entity_id, attribute, same_key) NULLS NOT DISTINCT
WHERE status = 'active' AND deleted_at IS NULL;

CREATE INDEX facts_active ON memdb.facts (org_id, agent_id, id) WHERE status = 'active' AND deleted_at IS NULL;

CREATE INDEX facts_of_agent ON memdb.facts (org_id, agent_id, id) WHERE deleted_at IS NULL;

CREATE INDEX facts_of_attribute ON memdb.facts (org_id, entity_id, attribute, id) WHERE deleted_at IS NULL;

CREATE INDEX facts_of_event ON memdb.facts (org_id, event_id) WHERE event_id IS NOT NULL;

CREATE INDEX facts_of_session ON memdb.facts (org_id, session_id, id) WHERE session_id IS NOT NULL;

CREATE INDEX facts_of_user ON memdb.facts (org_id, user_id, id) WHERE user_id IS NOT NULL;

CREATE INDEX facts_superseded_by ON memdb.facts (org_id, superseded_by) WHERE superseded_by IS NOT NULL;

CREATE INDEX facts_expiring ON memdb.facts (org_id, expires_at) WHERE expires_at IS NOT NULL AND status = 'active' AND deleted_at IS NULL;

CREATE INDEX facts_unembedded ON memdb.facts (org_id, id) WHERE NOT embedded AND status = 'active' AND deleted_at IS NULL;

CREATE INDEX facts_deleted ON memdb.facts (org_id, coalesce(deleted_at, '-infinity')) WHERE coalesce(deleted_at, '-infinity') > '-infinity';

CALL memdb.add_embeddings_of('memdb.facts', 'fact');

-- Every entity that a fact names, the one it is about among them.
CREATE TABLE memdb.fact_entities (
    org_id uuid NOT NULL,
    fact_id uuid NOT NULL,
    entity_id uuid NOT NULL,
    CONSTRAINT fact_entities_pkey PRIMARY KEY (org_id, fact_id, entity_id)
);

CREATE INDEX fact_entities_of_entity ON memdb.fact_entities (org_id, entity_id, fact_id);

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

CALL memdb.isolate('memdb.attributes');

CALL memdb.isolate('memdb.facts');

CALL memdb.isolate('memdb.fact_entities');

GRANT SELECT, INSERT, UPDATE (
    updated_at, last_seen_at, time_to_live, seen, version, status, value_type, conflict_policy, proposed_by, reason, example
) ON memdb.attributes TO memdb_app;

GRANT SELECT, INSERT, UPDATE (
    entity_id, superseded_by, invalidated_at, valid_from, valid_until, expires_at, confirmed_at, retrieved_at, updated_at, deleted_at, confidence,
    importance, vitality, retrievals, confirmations, corrections, version, embedded, sensitive, needs_confirmation, stale, status, category,
    speaker, context, content, annotation, value, same_key, metadata
) ON memdb.facts TO memdb_app;

GRANT SELECT, INSERT, DELETE ON memdb.fact_entities TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.attributes, memdb.facts, memdb.fact_entities TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0019_facts';
