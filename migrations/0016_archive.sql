-- depends: 0015_prompts
-- The archive: messages of sessions that nobody speaks in any more, out of the way of those that are in use, with nothing lost.

-- As memdb.messages, without what searches read; each with its embeddings, in the order of their spaces.
DO $$
BEGIN
    EXECUTE format(
        'CREATE TABLE memdb.archived_messages (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            session_id uuid NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            sent_at timestamptz NOT NULL,
            deleted_at timestamptz,
            archived_at timestamptz NOT NULL DEFAULT now(),
            position integer NOT NULL,
            version integer NOT NULL,
            tokens integer NOT NULL,
            asked_position integer,
            edit integer,
            embedded boolean NOT NULL,
            role text NOT NULL,
            open_calls text[] NOT NULL,
            language text NOT NULL,
            name text,
            model text,
            tool_call_id text,
            content text NOT NULL,
            tool_calls jsonb NOT NULL,
            metadata jsonb NOT NULL,
            spaces smallint[] NOT NULL,
            embeddings %I.halfvec[] NOT NULL,
            CONSTRAINT archived_messages_pkey PRIMARY KEY (org_id, session_id, position)
        )',
        (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'vector')
    );
END
$$;

-- Statistics to begin with, as in 0003_memories.
INSERT INTO memdb.archived_messages (
    org_id, id, session_id, created_at, updated_at, sent_at, position, version, tokens, embedded, role, open_calls, language, content,
    tool_calls, metadata, spaces, embeddings
)
SELECT
    md5('organization ' || i)::uuid,
    md5('message ' || i)::uuid,
    md5('session ' || i % 100)::uuid,
    now(),
    now(),
    now(),
    i / 100 + 1,
    1,
    2,
    false,
    'user',
    '{}',
    'english',
    'message ' || i,
    '[]',
    '{}',
    '{}',
    '{}'
FROM generate_series(0, 1999) AS i;

CREATE UNIQUE INDEX archived_messages_id_unique ON memdb.archived_messages (org_id, id);

CREATE INDEX archived_messages_edited ON memdb.archived_messages (org_id, session_id, edit) WHERE edit IS NOT NULL;

ALTER TABLE memdb.archived_messages ALTER COLUMN org_id SET (n_distinct = 1), ALTER COLUMN session_id SET (n_distinct = 2);

ANALYZE memdb.archived_messages;

ALTER TABLE memdb.archived_messages ALTER COLUMN org_id RESET (n_distinct), ALTER COLUMN session_id RESET (n_distinct);

TRUNCATE memdb.archived_messages;

CREATE STATISTICS memdb.archived_messages_session_of_organization (dependencies) ON org_id, session_id FROM memdb.archived_messages;

ALTER TABLE memdb.archived_messages
    ADD CONSTRAINT archived_messages_session_exists FOREIGN KEY (org_id, session_id) REFERENCES memdb.sessions (org_id, id);

-- The messages of a session, wherever they are: while it is being archived or restored, some are here and some there.
CREATE VIEW memdb.kept_messages WITH (security_invoker = true) AS
SELECT
    m.org_id,
    m.id,
    m.session_id,
    m.position,
    m.role,
    m.content,
    m.name,
    m.tool_calls,
    m.open_calls,
    m.tool_call_id,
    m.asked_position,
    m.tokens,
    m.model,
    m.metadata,
    m.embedded,
    m.version,
    m.sent_at,
    m.created_at,
    m.updated_at,
    m.deleted_at,
    m.edit
FROM memdb.messages AS m
UNION ALL
SELECT
    a.org_id,
    a.id,
    a.session_id,
    a.position,
    a.role,
    a.content,
    a.name,
    a.tool_calls,
    a.open_calls,
    a.tool_call_id,
    a.asked_position,
    a.tokens,
    a.model,
    a.metadata,
    a.embedded,
    a.version,
    a.sent_at,
    a.created_at,
    a.updated_at,
    a.deleted_at,
    a.edit
FROM memdb.archived_messages AS a;

-- Where a session's messages are on their way: out of the table of those in use, back in; away from the archive, back into it. What was broken
-- off goes on from here.
ALTER TABLE memdb.sessions
    ADD COLUMN moving text,
    -- Of this archiving: what is exported is marked with it, and nothing else is taken back.
    ADD COLUMN seal uuid,
    ADD CONSTRAINT sessions_moving_known CHECK (moving IN ('out', 'in', 'away', 'back'));

CREATE INDEX sessions_moving ON memdb.sessions (org_id, id) WHERE moving IS NOT NULL;

-- What tells an exported message, as it was, from any other. In UTC, because the text of a time depends on the time zone.
CREATE FUNCTION memdb.seal_of(message memdb.archived_messages, seal uuid) RETURNS text
LANGUAGE sql STABLE
SET timezone = 'UTC'
RETURN encode(sha256(convert_to(seal::text || (to_jsonb(message) - 'org_id')::text, 'UTF8')), 'hex');

-- True unless the archive has a message of one of these ids, which raises the violation of messages_pkey: both tables share their ids, so that what
-- is archived can come back. Volatile, so that it sees what was committed while the calling statement waited to insert.
CREATE FUNCTION memdb.not_in_archive(tenant uuid, ids uuid[]) RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    IF EXISTS (SELECT FROM memdb.archived_messages AS a WHERE a.org_id = tenant AND a.id = ANY (ids)) THEN
        RAISE unique_violation USING CONSTRAINT = 'messages_pkey', MESSAGE = 'a message of this id is in the archive';
    END IF;
    RETURN true;
END
$$;

CALL memdb.isolate('memdb.archived_messages');

GRANT SELECT ON memdb.kept_messages TO memdb_app, memdb_admin;

GRANT SELECT ON memdb.archived_messages TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.archived_messages TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0016_archive';
