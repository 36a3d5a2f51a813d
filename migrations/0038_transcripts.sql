-- depends: 0037_items
-- Transcripts: values in order, each of which is any JSON, with branches.

-- Whoever keeps a transcript names it. `head` is the position of its newest entry, 0 where it has none; the entry's run is here, too, so that
-- to append needs no look at the entries. `last_position` is the last that was given: it is beyond the head where the head has gone back.
-- `branches` are the ids of entries at which other branches end; what neither these nor the head reach is removed. `state` is JSON, to the letter.
CREATE TABLE memdb.transcripts (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    agent_id uuid,
    user_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    length integer NOT NULL DEFAULT 0,
    last_position integer NOT NULL DEFAULT 0,
    head integer NOT NULL DEFAULT 0,
    run_start integer NOT NULL DEFAULT 1,
    run_after integer NOT NULL DEFAULT 0,
    namespace text COLLATE "C" NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    scope text COLLATE "C",
    head_id text COLLATE "C",
    branches text[] NOT NULL DEFAULT '{}',
    revision text COLLATE "C" NOT NULL,
    state text,
    CONSTRAINT transcripts_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT transcripts_length_fits CHECK (length BETWEEN 0 AND head AND head <= last_position AND (length > 0 OR head = 0)),
    CONSTRAINT transcripts_run_fits CHECK (run_start BETWEEN 1 AND head + 1 AND run_after BETWEEN 0 AND run_start - 1),
    CONSTRAINT transcripts_namespace_size CHECK (octet_length(namespace) <= 512),
    CONSTRAINT transcripts_external_id_size CHECK (octet_length(external_id) <= 1024),
    CONSTRAINT transcripts_scope_size CHECK (octet_length(scope) <= 512),
    CONSTRAINT transcripts_branches_count CHECK (cardinality(branches) <= 10000),
    CONSTRAINT transcripts_revision_size CHECK (octet_length(revision) BETWEEN 1 AND 256),
    CONSTRAINT transcripts_state_size CHECK (octet_length(state) <= 16777216)
) WITH (fillfactor = 80);

-- The entry before one is the one at the position before, down to `run_start`, and before that the one at `run_after`, or none if that is 0:
-- so a history is read in as many pieces as it has branchings. `data` is JSON, to the letter: also what the types of JSON would not take or alter.
CREATE TABLE memdb.transcript_entries (
    org_id uuid NOT NULL,
    transcript_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    position integer NOT NULL,
    run_start integer NOT NULL,
    run_after integer NOT NULL,
    id text COLLATE "C",
    data text NOT NULL,
    CONSTRAINT transcript_entries_pkey PRIMARY KEY (org_id, transcript_id, position),
    CONSTRAINT transcript_entries_run_fits CHECK (run_start BETWEEN 1 AND position AND run_after BETWEEN 0 AND run_start - 1),
    CONSTRAINT transcript_entries_id_size CHECK (octet_length(id) BETWEEN 1 AND 256),
    CONSTRAINT transcript_entries_data_size CHECK (octet_length(data) <= 268435456)
);

-- Takes the newest entry from a transcript, and removes it unless it is to be kept or is in a branch. A function, because only what a statement
-- within it reads is as of after the wait for the transcript: in one statement, an entry that was appended meanwhile would not be seen.
CREATE FUNCTION memdb.pop_entry(tenant uuid, transcript uuid, keep boolean)
RETURNS TABLE (place integer, entry_id text, parent_id text, entry_data text, entry_created_at timestamptz)
LANGUAGE plpgsql
AS $$
DECLARE
    t memdb.transcripts;
    popped memdb.transcript_entries;
    parent memdb.transcript_entries;
BEGIN
    SELECT * INTO t
    FROM memdb.transcripts AS o
    WHERE o.org_id = tenant AND o.id = transcript
    FOR NO KEY UPDATE;
    SELECT * INTO popped
    FROM memdb.transcript_entries AS e
    WHERE e.org_id = tenant AND e.transcript_id = t.id AND e.position = t.head;
    IF NOT found THEN
        RETURN;
    END IF;
    SELECT * INTO parent
    FROM memdb.transcript_entries AS e
    WHERE e.org_id = tenant
        AND e.transcript_id = t.id
        AND e.position = CASE WHEN popped.position > popped.run_start THEN popped.position - 1 ELSE popped.run_after END;
    keep := keep OR popped.id = ANY (t.branches) OR popped.position < t.last_position AND EXISTS (
        SELECT FROM memdb.transcript_entries AS e
        WHERE e.org_id = tenant
            AND e.transcript_id = t.id
            AND (e.run_after = popped.position OR e.position = popped.position + 1 AND e.run_start <= popped.position)
    );
    IF keep IS NOT TRUE THEN
        DELETE FROM memdb.transcript_entries AS e
        WHERE e.org_id = tenant AND e.transcript_id = t.id AND e.position = popped.position;
    END IF;
    UPDATE memdb.transcripts AS o
    SET
        length = o.length - 1,
        last_position = CASE WHEN keep IS NOT TRUE AND o.head = o.last_position THEN o.head - 1 ELSE o.last_position END,
        head = coalesce(parent.position, 0),
        head_id = parent.id,
        run_start = coalesce(parent.run_start, 1),
        run_after = coalesce(parent.run_after, 0),
        revision = memdb.new_id()::text,
        updated_at = CASE WHEN o.updated_at < now() - interval '1 minute' THEN now() ELSE o.updated_at END
    WHERE o.org_id = tenant AND o.id = t.id;
    RETURN QUERY SELECT popped.position, popped.id, parent.id, popped.data, popped.created_at;
END
$$;

CREATE UNIQUE INDEX transcripts_external_id_unique ON memdb.transcripts (org_id, namespace, external_id);

CREATE INDEX transcripts_by_update ON memdb.transcripts (org_id, namespace, updated_at, id);

CREATE INDEX transcripts_of_scope ON memdb.transcripts (org_id, namespace, scope, updated_at, id) WHERE scope IS NOT NULL;

CREATE INDEX transcripts_of_agent ON memdb.transcripts (org_id, agent_id) WHERE agent_id IS NOT NULL;

CREATE INDEX transcripts_of_user ON memdb.transcripts (org_id, user_id) WHERE user_id IS NOT NULL;

CREATE UNIQUE INDEX transcript_entries_id_unique ON memdb.transcript_entries (org_id, id, transcript_id) WHERE id IS NOT NULL;

-- Statistics to begin with, as in 0003_memories.
INSERT INTO memdb.transcripts (org_id, id, user_id, namespace, external_id, scope, revision)
SELECT
    md5('organization ' || i)::uuid,
    md5('transcript ' || i)::uuid,
    md5('user ' || i % 100)::uuid,
    'namespace ' || i % 4,
    'transcript ' || i,
    'scope ' || i % 100,
    'revision ' || i
FROM generate_series(0, 1999) AS i;

INSERT INTO memdb.transcript_entries (org_id, transcript_id, position, run_start, run_after, id, data)
SELECT
    md5('organization ' || i)::uuid,
    md5('transcript ' || i % 100)::uuid,
    i / 100 + 1,
    1,
    0,
    'entry ' || i,
    '{}'
FROM generate_series(0, 1999) AS i;

ALTER TABLE memdb.transcripts ALTER COLUMN org_id SET (n_distinct = 1);

ALTER TABLE memdb.transcript_entries ALTER COLUMN org_id SET (n_distinct = 1);

ANALYZE memdb.transcripts, memdb.transcript_entries;

ALTER TABLE memdb.transcripts ALTER COLUMN org_id RESET (n_distinct);

ALTER TABLE memdb.transcript_entries ALTER COLUMN org_id RESET (n_distinct);

TRUNCATE memdb.transcripts, memdb.transcript_entries;

ALTER TABLE memdb.transcripts
    ADD CONSTRAINT transcripts_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations (id),
    ADD CONSTRAINT transcripts_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    ADD CONSTRAINT transcripts_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id);

ALTER TABLE memdb.transcript_entries
    ADD CONSTRAINT transcript_entries_transcript_exists
        FOREIGN KEY (org_id, transcript_id) REFERENCES memdb.transcripts (org_id, id) ON DELETE CASCADE;

CALL memdb.isolate('memdb.transcripts');

CALL memdb.isolate('memdb.transcript_entries');

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.transcripts TO memdb_app, memdb_admin;

GRANT SELECT, INSERT, DELETE ON memdb.transcript_entries TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.transcript_entries TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0038_transcripts';
