-- depends: 0020_graph
-- What is made of facts and events: clusters, insights; and what an agent means to do.

CREATE TABLE memdb.clusters (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    agent_id uuid NOT NULL,
    -- Always one that is not merged itself.
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
    CONSTRAINT clusters_merged_fits CHECK (merged_into IS NULL OR (status = 'merged' AND merged_into <> id)),
    CONSTRAINT clusters_importance_range CHECK (importance BETWEEN 0 AND 1),
    CONSTRAINT clusters_type_length CHECK (char_length(type) BETWEEN 1 AND 32),
    CONSTRAINT clusters_label_length CHECK (char_length(label) BETWEEN 1 AND 128 AND label ~ '\S'),
    CONSTRAINT clusters_summary_length CHECK (char_length(summary) BETWEEN 1 AND 8192),
    CONSTRAINT clusters_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192)
);

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
    CONSTRAINT insights_title_length CHECK (char_length(title) BETWEEN 1 AND 256 AND title ~ '\S'),
    CONSTRAINT insights_reinforcements_positive CHECK (reinforcements >= 1),
    CONSTRAINT insights_content_not_empty CHECK (content ~ '\S'),
    CONSTRAINT insights_content_length CHECK (char_length(content) <= 8192),
    CONSTRAINT insights_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192)
);

ALTER TABLE memdb.insights ALTER COLUMN search SET STORAGE MAIN;

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
    search tsvector NOT NULL
    GENERATED ALWAYS AS (memdb.words(language, coalesce(condition, ''))) STORED,
    language text NOT NULL DEFAULT 'english',
    trigger text NOT NULL,
    condition text,
    action text NOT NULL,
    context text,
    -- What came of it, or why it was cancelled.
    outcome text,
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT intentions_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT intentions_status_known CHECK (status IN ('pending', 'triggered', 'fulfilled', 'cancelled', 'expired')),
    CONSTRAINT intentions_trigger_known CHECK (trigger IN ('time', 'event', 'topic')),
    CONSTRAINT intentions_trigger_complete CHECK (CASE WHEN trigger = 'time' THEN due_at IS NOT NULL ELSE condition IS NOT NULL END),
    CONSTRAINT intentions_ended_fits CHECK ((ended_at IS NULL) = (status IN ('pending', 'triggered'))),
    CONSTRAINT intentions_condition_length CHECK (char_length(condition) BETWEEN 1 AND 2000 AND condition ~ '\S'),
    CONSTRAINT intentions_action_length CHECK (char_length(action) BETWEEN 1 AND 2000 AND action ~ '\S'),
    CONSTRAINT intentions_context_length CHECK (char_length(context) BETWEEN 1 AND 512),
    CONSTRAINT intentions_outcome_length CHECK (char_length(outcome) BETWEEN 1 AND 2000),
    CONSTRAINT intentions_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192)
);

ALTER TABLE memdb.intentions ALTER COLUMN search SET STORAGE MAIN;

-- Statistics to begin with, as in 0003_memories.
INSERT INTO memdb.clusters (org_id, id, agent_id, status, merged_into, deleted_at, refreshed_at, label)
SELECT
    md5('organization ' || i)::uuid,
    md5('cluster ' || i)::uuid,
    md5('agent ' || i)::uuid,
    CASE WHEN i % 4 = 1 THEN 'merged' ELSE 'active' END,
    CASE WHEN i % 4 = 1 THEN md5('cluster ' || i - 1)::uuid END,
    CASE WHEN i % 50 = 2 THEN now() END,
    now() - i * interval '1 minute',
    'cluster ' || i
FROM generate_series(0, 1999) AS i;

-- A cluster's embedding is its centroid.
CALL memdb.add_embeddings_of('memdb.clusters', 'cluster');

INSERT INTO memdb.cluster_facts (org_id, fact_id, cluster_id)
SELECT
    md5('organization ' || i)::uuid,
    md5('fact ' || i)::uuid,
    md5('cluster ' || i % 2000)::uuid
FROM generate_series(0, 19999) AS i;

INSERT INTO memdb.insights (org_id, id, agent_id, user_id, status, deleted_at, embedded, type, title, content)
SELECT
    md5('organization ' || i)::uuid,
    md5('insight ' || i)::uuid,
    md5('agent ' || i)::uuid,
    CASE WHEN i % 2 = 0 THEN md5('user ' || i % 500)::uuid END,
    CASE WHEN i % 10 = 1 THEN 'retired' ELSE 'active' END,
    CASE WHEN i % 50 = 2 THEN now() END,
    i % 20 > 0,
    CASE WHEN i % 3 = 0 THEN 'pattern' ELSE 'insight' END,
    'title ' || i,
    'insight ' || i
FROM generate_series(0, 1999) AS i;

CALL memdb.add_embeddings_of('memdb.insights', 'insight');

INSERT INTO memdb.insight_facts (org_id, insight_id, fact_id)
SELECT
    n.org_id,
    n.id,
    md5(n.title || ' fact ' || i)::uuid
FROM memdb.insights AS n, generate_series(0, 4) AS i;

INSERT INTO memdb.insight_events (org_id, insight_id, event_id)
SELECT
    n.org_id,
    n.id,
    md5(n.title || ' event ' || i)::uuid
FROM memdb.insights AS n, generate_series(0, 4) AS i;

INSERT INTO memdb.intentions (
    org_id, id, agent_id, user_id, session_id, status, ended_at, due_at, deleted_at, embedded, trigger, condition, action
)
SELECT
    md5('organization ' || i)::uuid,
    md5('intention ' || i)::uuid,
    md5('agent ' || i)::uuid,
    CASE WHEN i % 2 = 0 THEN md5('user ' || i % 500)::uuid END,
    CASE WHEN i % 3 = 0 THEN md5('session ' || i % 500)::uuid END,
    (ARRAY['pending', 'triggered', 'fulfilled', 'fulfilled'])[1 + i / 100 % 4],
    CASE WHEN i / 100 % 4 > 1 THEN now() END,
    CASE WHEN i % 2 = 0 THEN now() + (i - 1000) * interval '1 hour' END,
    CASE WHEN i % 50 = 2 THEN now() END,
    i % 20 > 0,
    CASE WHEN i % 2 = 0 THEN 'time' ELSE 'topic' END,
    CASE WHEN i % 2 > 0 THEN 'condition ' || i END,
    'action ' || i
FROM generate_series(0, 1999) AS i;

-- An intention's embedding is that of its condition.
CREATE FUNCTION memdb.content_of(intention memdb.intentions) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN intention.condition;

CALL memdb.add_embeddings_of('memdb.intentions', 'intention');

CREATE INDEX clusters_active ON memdb.clusters (org_id, agent_id, id) WHERE status = 'active' AND deleted_at IS NULL;

CREATE INDEX clusters_of_agent ON memdb.clusters (org_id, agent_id, id) WHERE deleted_at IS NULL;

CREATE INDEX clusters_merged_into ON memdb.clusters (org_id, merged_into) WHERE merged_into IS NOT NULL;

-- Those that never were refreshed come first.
CREATE INDEX clusters_by_refreshing ON memdb.clusters (org_id, coalesce(refreshed_at, '-infinity'), id)
WHERE status = 'active' AND deleted_at IS NULL;

-- By an expression, as sessions_deleted.
CREATE INDEX clusters_deleted ON memdb.clusters (org_id, coalesce(deleted_at, '-infinity'))
WHERE coalesce(deleted_at, '-infinity') > '-infinity';

CREATE INDEX insights_active ON memdb.insights (org_id, agent_id, id) WHERE status = 'active' AND deleted_at IS NULL;

CREATE INDEX insights_of_agent ON memdb.insights (org_id, agent_id, id) WHERE deleted_at IS NULL;

-- Deleted ones, too: the user may be erased.
CREATE INDEX insights_of_user ON memdb.insights (org_id, user_id, id) WHERE user_id IS NOT NULL;

CREATE INDEX insights_unembedded ON memdb.insights (org_id, id) WHERE NOT embedded AND status = 'active' AND deleted_at IS NULL;

CREATE INDEX insights_deleted ON memdb.insights (org_id, coalesce(deleted_at, '-infinity'))
WHERE coalesce(deleted_at, '-infinity') > '-infinity';

CREATE INDEX intentions_due ON memdb.intentions (org_id, due_at, id)
WHERE status IN ('pending', 'triggered') AND due_at IS NOT NULL AND deleted_at IS NULL;

CREATE INDEX intentions_due_of_agent ON memdb.intentions (org_id, agent_id, due_at, id)
WHERE status IN ('pending', 'triggered') AND due_at IS NOT NULL AND deleted_at IS NULL;

-- What can be claimed: those that were triggered and not seen to the end must not be gone through each time.
CREATE INDEX intentions_claimable ON memdb.intentions (org_id, due_at, id)
WHERE status = 'pending' AND due_at IS NOT NULL AND deleted_at IS NULL;

CREATE INDEX intentions_open ON memdb.intentions (org_id, agent_id, id) WHERE status IN ('pending', 'triggered') AND deleted_at IS NULL;

CREATE INDEX intentions_of_agent ON memdb.intentions (org_id, agent_id, id) WHERE deleted_at IS NULL;

CREATE INDEX intentions_unembedded ON memdb.intentions (org_id, id)
WHERE NOT embedded AND condition IS NOT NULL AND status IN ('pending', 'triggered') AND deleted_at IS NULL;

-- Deleted ones, too: the session may be purged, the user erased.
CREATE INDEX intentions_of_user ON memdb.intentions (org_id, user_id, id) WHERE user_id IS NOT NULL;

CREATE INDEX intentions_of_session ON memdb.intentions (org_id, session_id, id) WHERE session_id IS NOT NULL;

CREATE INDEX intentions_deleted ON memdb.intentions (org_id, coalesce(deleted_at, '-infinity'))
WHERE coalesce(deleted_at, '-infinity') > '-infinity';

ALTER TABLE memdb.clusters ALTER COLUMN org_id SET (n_distinct = 1), ALTER COLUMN agent_id SET (n_distinct = 10);

ALTER TABLE memdb.insights ALTER COLUMN org_id SET (n_distinct = 1), ALTER COLUMN agent_id SET (n_distinct = 10);

ALTER TABLE memdb.intentions ALTER COLUMN org_id SET (n_distinct = 1), ALTER COLUMN agent_id SET (n_distinct = 10);

ANALYZE memdb.clusters, memdb.cluster_facts, memdb.insights, memdb.insight_facts, memdb.insight_events, memdb.intentions;

ALTER TABLE memdb.clusters ALTER COLUMN org_id RESET (n_distinct), ALTER COLUMN agent_id RESET (n_distinct);

ALTER TABLE memdb.insights ALTER COLUMN org_id RESET (n_distinct), ALTER COLUMN agent_id RESET (n_distinct);

ALTER TABLE memdb.intentions ALTER COLUMN org_id RESET (n_distinct), ALTER COLUMN agent_id RESET (n_distinct);

TRUNCATE memdb.clusters, memdb.cluster_embeddings, memdb.cluster_facts, memdb.insights, memdb.insight_embeddings, memdb.insight_facts,
memdb.insight_events, memdb.intentions, memdb.intention_embeddings;

-- Which organization an agent is of, as for memories.
CREATE STATISTICS memdb.clusters_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.clusters;

CREATE STATISTICS memdb.insights_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.insights;

CREATE STATISTICS memdb.intentions_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.intentions;

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

-- The status of a cluster after `current`: only what is active can become merged or retired, all else raises MV003. Used in SET, as the two below,
-- it sees no row but the one changed.
CREATE FUNCTION memdb.next_cluster_status(current text, wanted text) RETURNS text
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF current = 'active' AND wanted IN ('merged', 'retired') THEN
        RETURN wanted;
    END IF;
    RAISE EXCEPTION 'no such transition' USING ERRCODE = 'MV003', DETAIL = format('%s|%s', current, wanted);
END
$$;

-- What is active stays so when it is reinforced, or is retired for good.
CREATE FUNCTION memdb.next_insight_status(current text, wanted text) RETURNS text
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF current = 'active' AND wanted IN ('active', 'retired') THEN
        RETURN wanted;
    END IF;
    RAISE EXCEPTION 'no such transition' USING ERRCODE = 'MV003', DETAIL = format('%s|%s', current, wanted);
END
$$;

-- What is open can end in any way, all but what is fulfilled can be pending again.
CREATE FUNCTION memdb.next_intention_status(current text, wanted text) RETURNS text
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF (CASE current
        WHEN 'pending' THEN wanted IN ('triggered', 'fulfilled', 'cancelled', 'expired')
        WHEN 'triggered' THEN wanted IN ('pending', 'fulfilled', 'cancelled', 'expired')
        WHEN 'fulfilled' THEN false
        ELSE wanted = 'pending'
    END) THEN
        RETURN wanted;
    END IF;
    RAISE EXCEPTION 'no such transition' USING ERRCODE = 'MV003', DETAIL = format('%s|%s', current, wanted);
END
$$;

-- Puts facts into a cluster that is locked, and says from which other one each came. A function, because a statement may not change a row
-- twice: the first change locks whatever membership there is by then and tells it, the second makes it the new one.
CREATE FUNCTION memdb.put_into_cluster(tenant uuid, cluster uuid, facts uuid[])
RETURNS TABLE (fact_id uuid, from_cluster_id uuid)
LANGUAGE plpgsql
AS $$
BEGIN
    RETURN QUERY
    INSERT INTO memdb.cluster_facts AS c (org_id, fact_id, cluster_id)
    SELECT DISTINCT
        tenant,
        f.id,
        cluster
    FROM unnest(facts) AS f (id)
    -- In the order of the ids, so that two who bring the same ones do not wait for each other.
    ORDER BY f.id
    ON CONFLICT ON CONSTRAINT cluster_facts_pkey DO UPDATE SET cluster_id = c.cluster_id
    RETURNING
        c.fact_id,
        nullif(c.cluster_id, cluster);
    UPDATE memdb.cluster_facts AS c
    SET
        cluster_id = cluster,
        added_at = now()
    WHERE c.org_id = tenant
        AND c.fact_id = ANY (facts)
        AND c.cluster_id <> cluster;
END
$$;

-- Moves the facts of clusters into another, and has what was merged into those merged into it; all of them are locked. Returns how many facts it
-- has then. A function, because its statements see what was put into those clusters while they were waited for.
CREATE FUNCTION memdb.take_over_clusters(tenant uuid, taken uuid[], taker uuid) RETURNS bigint
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM FROM memdb.cluster_facts AS c
    WHERE c.org_id = tenant AND c.cluster_id = ANY (taken)
    ORDER BY c.fact_id
    FOR UPDATE;
    UPDATE memdb.cluster_facts AS c
    SET
        cluster_id = taker,
        added_at = now()
    WHERE c.org_id = tenant AND c.cluster_id = ANY (taken);
    UPDATE memdb.clusters AS c
    SET merged_into = taker
    WHERE c.org_id = tenant AND c.merged_into = ANY (taken);
    RETURN (SELECT count(*) FROM memdb.cluster_facts AS c WHERE c.org_id = tenant AND c.cluster_id = taker);
END
$$;

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
