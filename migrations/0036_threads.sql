-- depends: 0032_words_however_written
-- Threads of graphs: checkpoints of what a graph's state was, the values of its channels, and what was written for the step after.

-- Whoever runs a graph names its threads. One that is deleted frees its name at once, and goes when it is purged.
CREATE TABLE memdb.threads (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    agent_id uuid,
    user_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    external_id text COLLATE "C" NOT NULL,
    CONSTRAINT threads_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT threads_external_id_size CHECK (octet_length(external_id) <= 1024)
);

-- Ids are compared byte by byte: the greatest is the newest. `versions` are the channels' versions, by which values are found, and `plain`
-- those values that are kept in the checkpoint itself; `state` is the rest. What else is needed to tell the state is in `needs`: nothing, what was written to the parent, or what was written to all ancestors.
-- `root_id` is the checkpoint of the namespace '' in which a nested graph was called, and with which it ends.
CREATE TABLE memdb.thread_checkpoints (
    org_id uuid NOT NULL,
    thread_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    namespace text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    parent_id text COLLATE "C",
    root_id text COLLATE "C",
    run_id text COLLATE "C",
    needs text NOT NULL DEFAULT 'nothing',
    versions jsonb NOT NULL DEFAULT '{}',
    metadata jsonb NOT NULL DEFAULT '{}',
    plain jsonb NOT NULL DEFAULT '{}',
    state jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT thread_checkpoints_pkey PRIMARY KEY (org_id, thread_id, namespace, id),
    CONSTRAINT thread_checkpoints_namespace_size CHECK (octet_length(namespace) <= 1024),
    CONSTRAINT thread_checkpoints_id_size CHECK (octet_length(id) BETWEEN 1 AND 256),
    CONSTRAINT thread_checkpoints_parent_id_size CHECK (octet_length(parent_id) BETWEEN 1 AND 256),
    CONSTRAINT thread_checkpoints_root_id_size CHECK (octet_length(root_id) BETWEEN 1 AND 256),
    CONSTRAINT thread_checkpoints_run_id_size CHECK (octet_length(run_id) <= 256),
    CONSTRAINT thread_checkpoints_needs_known CHECK (needs IN ('nothing', 'parent', 'ancestors')),
    CONSTRAINT thread_checkpoints_versions_object CHECK (jsonb_typeof(versions) = 'object' AND octet_length(versions::text) <= 1048576),
    CONSTRAINT thread_checkpoints_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 1048576),
    CONSTRAINT thread_checkpoints_plain_object CHECK (jsonb_typeof(plain) = 'object' AND octet_length(plain::text) <= 16777216),
    CONSTRAINT thread_checkpoints_state_object CHECK (jsonb_typeof(state) = 'object' AND octet_length(state::text) <= 16777216)
);

-- A value that a channel had is kept once for all the checkpoints with this version of the channel. `type` says how to read `data`.
CREATE TABLE memdb.thread_values (
    org_id uuid NOT NULL,
    thread_id uuid NOT NULL,
    namespace text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,
    type text NOT NULL,
    data bytea NOT NULL,
    CONSTRAINT thread_values_pkey PRIMARY KEY (org_id, thread_id, namespace, channel, version),
    CONSTRAINT thread_values_namespace_size CHECK (octet_length(namespace) <= 1024),
    CONSTRAINT thread_values_channel_size CHECK (octet_length(channel) <= 512),
    CONSTRAINT thread_values_version_size CHECK (octet_length(version) <= 256),
    CONSTRAINT thread_values_type_size CHECK (octet_length(type) <= 256),
    CONSTRAINT thread_values_data_size CHECK (octet_length(data) <= 268435456)
);

-- What a task wrote after a checkpoint, which may come later than its writes. Negative positions are those of writes of which a task has one.
CREATE TABLE memdb.thread_writes (
    org_id uuid NOT NULL,
    thread_id uuid NOT NULL,
    position integer NOT NULL,
    namespace text COLLATE "C" NOT NULL,
    checkpoint_id text COLLATE "C" NOT NULL,
    task_id text COLLATE "C" NOT NULL,
    task_path text COLLATE "C" NOT NULL DEFAULT '',
    channel text COLLATE "C" NOT NULL,
    type text NOT NULL,
    data bytea NOT NULL,
    CONSTRAINT thread_writes_pkey PRIMARY KEY (org_id, thread_id, namespace, checkpoint_id, task_id, position),
    CONSTRAINT thread_writes_namespace_size CHECK (octet_length(namespace) <= 1024),
    CONSTRAINT thread_writes_checkpoint_id_size CHECK (octet_length(checkpoint_id) BETWEEN 1 AND 256),
    CONSTRAINT thread_writes_task_id_size CHECK (octet_length(task_id) <= 256),
    CONSTRAINT thread_writes_task_path_size CHECK (octet_length(task_path) <= 8192),
    CONSTRAINT thread_writes_channel_size CHECK (octet_length(channel) <= 512),
    CONSTRAINT thread_writes_type_size CHECK (octet_length(type) <= 256),
    CONSTRAINT thread_writes_data_size CHECK (octet_length(data) <= 268435456)
);

-- The values that the channels have at these versions, as lists. To be inlined, as is the next.
CREATE FUNCTION memdb.values_of_checkpoint(tenant uuid, thread uuid, in_namespace text, versions jsonb)
RETURNS TABLE (channels text[], types text[], data bytea[])
LANGUAGE sql STABLE
AS $$
    SELECT
        coalesce(array_agg(v.channel), '{}'),
        coalesce(array_agg(v.type), '{}'),
        coalesce(array_agg(v.data), '{}')
    FROM jsonb_each_text(versions) AS k (channel, version)
    CROSS JOIN LATERAL (
        SELECT
            o.channel,
            o.type,
            o.data
        FROM memdb.thread_values AS o
        WHERE o.org_id = tenant
            AND o.thread_id = thread
            AND o.namespace = in_namespace
            AND o.channel = k.channel
            AND o.version = k.version
        -- Each by its key, however many the thread is thought to have.
        LIMIT 1
    ) AS v
$$;

-- What was written for the step after a checkpoint, to all channels or some, as lists: in the order in which the tasks are applied.
CREATE FUNCTION memdb.writes_of_checkpoint(tenant uuid, thread uuid, in_namespace text, checkpoint text, of_channels text[] DEFAULT NULL)
RETURNS TABLE (task_ids text[], channels text[], types text[], data bytea[])
LANGUAGE sql STABLE
AS $$
    SELECT
        coalesce(array_agg(w.task_id ORDER BY w.task_path, w.task_id, w.position), '{}'),
        coalesce(array_agg(w.channel ORDER BY w.task_path, w.task_id, w.position), '{}'),
        coalesce(array_agg(w.type ORDER BY w.task_path, w.task_id, w.position), '{}'),
        coalesce(array_agg(w.data ORDER BY w.task_path, w.task_id, w.position), '{}')
    FROM memdb.thread_writes AS w
    WHERE w.org_id = tenant
        AND w.thread_id = thread
        AND w.namespace = in_namespace
        AND w.checkpoint_id = checkpoint
        AND (of_channels IS NULL OR w.channel = ANY (of_channels))
$$;

CREATE UNIQUE INDEX threads_external_id_unique ON memdb.threads (org_id, external_id) WHERE deleted_at IS NULL;

CREATE INDEX threads_of_agent ON memdb.threads (org_id, agent_id) WHERE agent_id IS NOT NULL;

CREATE INDEX threads_of_user ON memdb.threads (org_id, user_id) WHERE user_id IS NOT NULL;

CREATE INDEX threads_deleted ON memdb.threads (org_id, coalesce(deleted_at, '-infinity')) WHERE coalesce(deleted_at, '-infinity') > '-infinity';

-- An expression, so that the planner does not look for a thread's checkpoint among those of all threads that have its id.
CREATE INDEX thread_checkpoints_by_id ON memdb.thread_checkpoints (org_id, coalesce(id, ''));

CREATE INDEX thread_checkpoints_of_run ON memdb.thread_checkpoints (org_id, run_id) WHERE run_id IS NOT NULL;

-- Statistics to begin with, as in 0003_memories.
INSERT INTO memdb.threads (org_id, id, user_id, external_id)
SELECT
    md5('organization ' || i)::uuid,
    md5('thread ' || i)::uuid,
    md5('user ' || i % 100)::uuid,
    'thread ' || i
FROM generate_series(0, 1999) AS i;

INSERT INTO memdb.thread_checkpoints (org_id, thread_id, namespace, id, run_id, versions)
SELECT
    md5('organization ' || i)::uuid,
    md5('thread ' || i % 100)::uuid,
    '',
    'checkpoint ' || i,
    'run ' || i % 500,
    jsonb_build_object('messages', i / 100)
FROM generate_series(0, 1999) AS i;

INSERT INTO memdb.thread_values (org_id, thread_id, namespace, channel, version, type, data)
SELECT
    md5('organization ' || i)::uuid,
    md5('thread ' || i % 100)::uuid,
    '',
    'channel ' || i % 4,
    i / 4,
    'msgpack',
    ''
FROM generate_series(0, 1999) AS i;

INSERT INTO memdb.thread_writes (org_id, thread_id, position, namespace, checkpoint_id, task_id, channel, type, data)
SELECT
    md5('organization ' || i)::uuid,
    md5('thread ' || i % 100)::uuid,
    i % 3,
    '',
    'checkpoint ' || i / 3,
    'task ' || i / 3,
    'channel ' || i % 4,
    'msgpack',
    ''
FROM generate_series(0, 1999) AS i;

ALTER TABLE memdb.threads ALTER COLUMN org_id SET (n_distinct = 1);

ALTER TABLE memdb.thread_checkpoints ALTER COLUMN org_id SET (n_distinct = 1);

ALTER TABLE memdb.thread_values ALTER COLUMN org_id SET (n_distinct = 1);

ALTER TABLE memdb.thread_writes ALTER COLUMN org_id SET (n_distinct = 1);

ANALYZE memdb.threads, memdb.thread_checkpoints, memdb.thread_values, memdb.thread_writes;

ALTER TABLE memdb.threads ALTER COLUMN org_id RESET (n_distinct);

ALTER TABLE memdb.thread_checkpoints ALTER COLUMN org_id RESET (n_distinct);

ALTER TABLE memdb.thread_values ALTER COLUMN org_id RESET (n_distinct);

ALTER TABLE memdb.thread_writes ALTER COLUMN org_id RESET (n_distinct);

TRUNCATE memdb.threads, memdb.thread_checkpoints, memdb.thread_values, memdb.thread_writes;

ALTER TABLE memdb.threads
    ADD CONSTRAINT threads_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations (id),
    ADD CONSTRAINT threads_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    ADD CONSTRAINT threads_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id);

ALTER TABLE memdb.thread_checkpoints
    ADD CONSTRAINT thread_checkpoints_thread_exists FOREIGN KEY (org_id, thread_id) REFERENCES memdb.threads (org_id, id);

ALTER TABLE memdb.thread_values
    ADD CONSTRAINT thread_values_thread_exists FOREIGN KEY (org_id, thread_id) REFERENCES memdb.threads (org_id, id);

ALTER TABLE memdb.thread_writes
    ADD CONSTRAINT thread_writes_thread_exists FOREIGN KEY (org_id, thread_id) REFERENCES memdb.threads (org_id, id);

CALL memdb.isolate('memdb.threads');

CALL memdb.isolate('memdb.thread_checkpoints');

CALL memdb.isolate('memdb.thread_values');

CALL memdb.isolate('memdb.thread_writes');

GRANT SELECT, INSERT, UPDATE (deleted_at) ON memdb.threads TO memdb_app;

GRANT SELECT, INSERT, UPDATE (parent_id, root_id, run_id, needs, versions, metadata, plain, state), DELETE ON memdb.thread_checkpoints TO memdb_app;

GRANT SELECT, INSERT, DELETE ON memdb.thread_values TO memdb_app;

GRANT SELECT, INSERT, UPDATE (channel, type, data), DELETE ON memdb.thread_writes TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.threads, memdb.thread_checkpoints, memdb.thread_values, memdb.thread_writes TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0036_threads';
