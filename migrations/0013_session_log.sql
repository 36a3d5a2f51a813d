-- depends: 0012_conversations
-- What happened in a session: a checkpoint for each turn, and events in order. Both are only ever added to.

-- What a turn asked of a model and got from it; the hashes are SHA-256 in hexadecimal.
CREATE TABLE memdb.checkpoints (
    org_id uuid NOT NULL,
    session_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    turn integer NOT NULL,
    input_tokens integer NOT NULL DEFAULT 0,
    output_tokens integer NOT NULL DEFAULT 0,
    latency_ms integer NOT NULL DEFAULT 0,
    is_streaming boolean NOT NULL DEFAULT false,
    is_complete boolean NOT NULL DEFAULT true,
    request_id text,
    messages_hash text,
    completion_hash text,
    model text,
    provider text,
    provider_request_id text,
    state jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT checkpoints_pkey PRIMARY KEY (org_id, session_id, turn),
    CONSTRAINT checkpoints_turn_not_negative CHECK (turn >= 0),
    CONSTRAINT checkpoints_input_tokens_not_negative CHECK (input_tokens >= 0),
    CONSTRAINT checkpoints_output_tokens_not_negative CHECK (output_tokens >= 0),
    CONSTRAINT checkpoints_latency_not_negative CHECK (latency_ms >= 0),
    CONSTRAINT checkpoints_request_id_length CHECK (char_length(request_id) BETWEEN 1 AND 200),
    CONSTRAINT checkpoints_messages_hash_format CHECK (messages_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT checkpoints_completion_hash_format CHECK (completion_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT checkpoints_model_length CHECK (char_length(model) BETWEEN 1 AND 256),
    CONSTRAINT checkpoints_provider_length CHECK (char_length(provider) BETWEEN 1 AND 256),
    CONSTRAINT checkpoints_provider_request_id_length CHECK (char_length(provider_request_id) BETWEEN 1 AND 200),
    CONSTRAINT checkpoints_state_object CHECK (jsonb_typeof(state) = 'object' AND octet_length(state::text) <= 65536)
);

-- `number` counts a session's events from 1 without gaps, in the order in which they were committed: whoever appends takes the numbers from
-- the session's row and holds it until then.
CREATE TABLE memdb.session_events (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    session_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    number integer NOT NULL,
    kind text NOT NULL,
    data jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT session_events_pkey PRIMARY KEY (org_id, session_id, number),
    CONSTRAINT session_events_number_positive CHECK (number > 0),
    CONSTRAINT session_events_kind_length CHECK (char_length(kind) BETWEEN 1 AND 64),
    CONSTRAINT session_events_data_object CHECK (jsonb_typeof(data) = 'object' AND octet_length(data::text) <= 65536)
);

CREATE UNIQUE INDEX session_events_id_unique ON memdb.session_events (org_id, id);

-- Statistics to begin with, as in 0003_memories.
INSERT INTO memdb.checkpoints (org_id, session_id, turn)
SELECT
    md5('organization ' || i)::uuid,
    md5('session ' || i % 100)::uuid,
    i / 100
FROM generate_series(0, 1999) AS i;

INSERT INTO memdb.session_events (org_id, id, session_id, number, kind)
SELECT
    md5('organization ' || i)::uuid,
    md5('event ' || i)::uuid,
    md5('session ' || i % 100)::uuid,
    i / 100 + 1,
    'kind ' || i % 5
FROM generate_series(0, 1999) AS i;

ALTER TABLE memdb.checkpoints ALTER COLUMN org_id SET (n_distinct = 1);

ALTER TABLE memdb.session_events ALTER COLUMN org_id SET (n_distinct = 1);

ANALYZE memdb.checkpoints, memdb.session_events;

ALTER TABLE memdb.checkpoints ALTER COLUMN org_id RESET (n_distinct);

ALTER TABLE memdb.session_events ALTER COLUMN org_id RESET (n_distinct);

TRUNCATE memdb.checkpoints, memdb.session_events;

ALTER TABLE memdb.checkpoints
    ADD CONSTRAINT checkpoints_session_exists FOREIGN KEY (org_id, session_id) REFERENCES memdb.sessions (org_id, id);

ALTER TABLE memdb.session_events
    ADD CONSTRAINT session_events_session_exists FOREIGN KEY (org_id, session_id) REFERENCES memdb.sessions (org_id, id);

CALL memdb.isolate('memdb.checkpoints');

CALL memdb.isolate('memdb.session_events');

GRANT SELECT, INSERT ON memdb.checkpoints, memdb.session_events TO memdb_app;

GRANT SELECT, INSERT, DELETE ON memdb.checkpoints, memdb.session_events TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0013_session_log';
