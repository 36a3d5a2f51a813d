-- depends: 0020_graph
-- What is made of facts and events: clusters, insights; and what an agent means to do.

CREATE TABLE memdb.clusters (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    agent_id uuid NOT NULL,
    merged_into uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    -- When its centroid was last taken from its members.
    refreshed_at timestamptz,
    importance double precision NOT NULL DEFAULT 0.5,
    version integer NOT NULL DEFAULT 1,
    status text NOT NULL DEFAULT 'active',
    type text NOT NULL DEFAULT 'auto',
    label text NOT NULL,
    summary text,
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT clusters_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT clusters_status_known CHECK (status IN ('active', 'merged', 'retired')),
    CONSTRAINT clusters_merged_fits CHECK ((status = 'merged') = (merged_into IS NOT NULL) AND merged_into <> id),
    CONSTRAINT clusters_importance_range CHECK (importance BETWEEN 0 AND 1),
    CONSTRAINT clusters_type_length CHECK (char_length(type) BETWEEN 1 AND 32),
    CONSTRAINT clusters_label_length CHECK (char_length(label) BETWEEN 1 AND 128),
    CONSTRAINT clusters_summary_length CHECK (char_length(summary) BETWEEN 1 AND 8192),
    CONSTRAINT clusters_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192)
);

CREATE INDEX clusters_active ON memdb.clusters (org_id, agent_id, id) WHERE status = 'active' AND deleted_at IS NULL;

CREATE INDEX clusters_of_agent ON memdb.clusters (org_id, agent_id, id);

CREATE INDEX clusters_merged_into ON memdb.clusters (org_id, merged_into) WHERE merged_into IS NOT NULL;

-- A cluster's embedding is its centroid.
CALL memdb.add_embeddings_of('memdb.clusters', 'cluster');

-- A fact is in one cluster at most.
CREATE TABLE memdb.cluster_facts (
    org_id uuid NOT NULL,
    fact_id uuid NOT NULL,
    cluster_id uuid NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT cluster_facts_pkey PRIMARY KEY (org_id, fact_id)
);

CREATE INDEX cluster_facts_of_cluster ON memdb.cluster_facts (org_id, cluster_id, fact_id);

CREATE TABLE memdb.insights (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    agent_id uuid NOT NULL,
    user_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    detected_at timestamptz NOT NULL DEFAULT now(),
    reinforced_at timestamptz NOT NULL DEFAULT now(),
    confidence double precision NOT NULL DEFAULT 0.7,
    importance double precision NOT NULL DEFAULT 0.5,
    reinforcements integer NOT NULL DEFAULT 1,
    version integer NOT NULL DEFAULT 1,
    embedded boolean NOT NULL DEFAULT false,
    status text NOT NULL DEFAULT 'active',
    search tsvector NOT NULL
    GENERATED ALWAYS AS (memdb.words(language, title || E'\n' || content)) STORED,
    language text NOT NULL DEFAULT 'english',
    type text NOT NULL,
    title text NOT NULL,
    content text NOT NULL,
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT insights_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT insights_status_known CHECK (status IN ('active', 'retired')),
    CONSTRAINT insights_type_known CHECK (
        type IN ('insight', 'pattern', 'contradiction', 'trend', 'cross_entity_theme', 'behavioral_preference', 'community_theme')
    ),
    CONSTRAINT insights_confidence_range CHECK (confidence BETWEEN 0 AND 1),
    CONSTRAINT insights_importance_range CHECK (importance BETWEEN 0 AND 1),
    CONSTRAINT insights_title_length CHECK (char_length(title) BETWEEN 1 AND 256),
    CONSTRAINT insights_content_not_empty CHECK (content ~ '\S'),
    CONSTRAINT insights_content_length CHECK (char_length(content) <= 8192),
    CONSTRAINT insights_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192)
);

ALTER TABLE memdb.insights ALTER COLUMN search SET STORAGE MAIN;

CREATE INDEX insights_active ON memdb.insights (org_id, agent_id, id) WHERE status = 'active' AND deleted_at IS NULL;

CREATE INDEX insights_of_agent ON memdb.insights (org_id, agent_id, id);

CREATE INDEX insights_of_user ON memdb.insights (org_id, user_id, id) WHERE user_id IS NOT NULL;

CREATE INDEX insights_unembedded ON memdb.insights (org_id, id) WHERE NOT embedded AND status = 'active' AND deleted_at IS NULL;

CALL memdb.add_embeddings_of('memdb.insights', 'insight');

CREATE TABLE memdb.insight_facts (
    org_id uuid NOT NULL,
    insight_id uuid NOT NULL,
    fact_id uuid NOT NULL,
    CONSTRAINT insight_facts_pkey PRIMARY KEY (org_id, insight_id, fact_id)
);

CREATE INDEX insight_facts_of_fact ON memdb.insight_facts (org_id, fact_id, insight_id);

CREATE TABLE memdb.insight_events (
    org_id uuid NOT NULL,
    insight_id uuid NOT NULL,
    event_id uuid NOT NULL,
    CONSTRAINT insight_events_pkey PRIMARY KEY (org_id, insight_id, event_id)
);

CREATE INDEX insight_events_of_event ON memdb.insight_events (org_id, event_id, insight_id);

CREATE TABLE memdb.intentions (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    agent_id uuid NOT NULL,
    user_id uuid,
    session_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    -- When it is to be done, at the latest; NULL for one that waits for its condition alone.
    due_at timestamptz,
    triggered_at timestamptz,
    ended_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    embedded boolean NOT NULL DEFAULT false,
    status text NOT NULL DEFAULT 'pending',
    trigger text NOT NULL,
    condition text,
    action text NOT NULL,
    context text,
    outcome text,
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT intentions_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT intentions_status_known CHECK (status IN ('pending', 'triggered', 'fulfilled', 'cancelled', 'expired')),
    CONSTRAINT intentions_trigger_known CHECK (trigger IN ('time', 'event', 'topic')),
    CONSTRAINT intentions_trigger_complete CHECK (CASE WHEN trigger = 'time' THEN due_at IS NOT NULL ELSE condition IS NOT NULL END),
    CONSTRAINT intentions_ended_fits CHECK ((ended_at IS NULL) = (status IN ('pending', 'triggered'))),
    CONSTRAINT intentions_condition_length CHECK (char_length(condition) BETWEEN 1 AND 2000),
    CONSTRAINT intentions_action_length CHECK (char_length(action) BETWEEN 1 AND 2000),
    CONSTRAINT intentions_context_length CHECK (char_length(context) BETWEEN 1 AND 512),
    CONSTRAINT intentions_outcome_length CHECK (char_length(outcome) BETWEEN 1 AND 2000),
    CONSTRAINT intentions_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192)
);

CREATE INDEX intentions_due ON memdb.intentions (org_id, due_at, id)
WHERE status IN ('pending', 'triggered') AND due_at IS NOT NULL AND deleted_at IS NULL;

CREATE INDEX intentions_open ON memdb.intentions (org_id, agent_id, id) WHERE status IN ('pending', 'triggered') AND deleted_at IS NULL;

CREATE INDEX intentions_of_agent ON memdb.intentions (org_id, agent_id, id);

CREATE INDEX intentions_of_user ON memdb.intentions (org_id, user_id, id) WHERE user_id IS NOT NULL;

CREATE INDEX intentions_of_session ON memdb.intentions (org_id, session_id, id) WHERE session_id IS NOT NULL;

-- An intention's embedding is that of its condition.
CALL memdb.add_embeddings_of('memdb.intentions', 'intention');

ALTER TABLE memdb.clusters
    ADD CONSTRAINT clusters_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    ADD CONSTRAINT clusters_merged_exists FOREIGN KEY (org_id, merged_into) REFERENCES memdb.clusters (org_id, id);

ALTER TABLE memdb.cluster_facts
    ADD CONSTRAINT cluster_facts_fact_exists FOREIGN KEY (org_id, fact_id) REFERENCES memdb.facts (org_id, id) ON DELETE CASCADE,
    ADD CONSTRAINT cluster_facts_cluster_exists FOREIGN KEY (org_id, cluster_id) REFERENCES memdb.clusters (org_id, id) ON DELETE CASCADE;

ALTER TABLE memdb.insights
    ADD CONSTRAINT insights_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    ADD CONSTRAINT insights_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id);

ALTER TABLE memdb.insight_facts
    ADD CONSTRAINT insight_facts_insight_exists FOREIGN KEY (org_id, insight_id) REFERENCES memdb.insights (org_id, id) ON DELETE CASCADE,
    ADD CONSTRAINT insight_facts_fact_exists FOREIGN KEY (org_id, fact_id) REFERENCES memdb.facts (org_id, id) ON DELETE CASCADE;

ALTER TABLE memdb.insight_events
    ADD CONSTRAINT insight_events_insight_exists FOREIGN KEY (org_id, insight_id) REFERENCES memdb.insights (org_id, id) ON DELETE CASCADE,
    ADD CONSTRAINT insight_events_event_exists FOREIGN KEY (org_id, event_id) REFERENCES memdb.events (org_id, id) ON DELETE CASCADE;

ALTER TABLE memdb.intentions
    ADD CONSTRAINT intentions_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    ADD CONSTRAINT intentions_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id),
    ADD CONSTRAINT intentions_session_exists FOREIGN KEY (org_id, session_id) REFERENCES memdb.sessions (org_id, id);

CALL memdb.isolate('memdb.clusters');

CALL memdb.isolate('memdb.cluster_facts');

CALL memdb.isolate('memdb.insights');

CALL memdb.isolate('memdb.insight_facts');

CALL memdb.isolate('memdb.insight_events');

CALL memdb.isolate('memdb.intentions');

GRANT SELECT, INSERT, UPDATE (
    merged_into, updated_at, deleted_at, refreshed_at, importance, version, status, type, label, summary, metadata
) ON memdb.clusters TO memdb_app;

GRANT SELECT, INSERT, DELETE, UPDATE (cluster_id, added_at) ON memdb.cluster_facts TO memdb_app;

GRANT SELECT, INSERT, UPDATE (
    updated_at, deleted_at, reinforced_at, confidence, importance, reinforcements, version, embedded, status, type, title, content, metadata
) ON memdb.insights TO memdb_app;

GRANT SELECT, INSERT, DELETE ON memdb.insight_facts, memdb.insight_events TO memdb_app;

GRANT SELECT, INSERT, UPDATE (
    updated_at, deleted_at, due_at, triggered_at, ended_at, version, embedded, status, trigger, condition, action, context, outcome, metadata
) ON memdb.intentions TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON
memdb.clusters, memdb.cluster_facts, memdb.insights, memdb.insight_facts, memdb.insight_events, memdb.intentions TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0021_insights';
