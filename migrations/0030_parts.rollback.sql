-- The schema before has no room for parts, for arguments that are text, for the role developer and for long messages: where there are such,
-- nothing is rolled back. Of tool calls the order of keys and the spelling of numbers are lost.
ALTER TABLE memdb.messages NO FORCE ROW LEVEL SECURITY;

ALTER TABLE memdb.archived_messages NO FORCE ROW LEVEL SECURITY;

DO $$
DECLARE
    lost bigint;
BEGIN
    SELECT count(*) INTO lost
    FROM memdb.kept_messages AS m
    WHERE m.parts IS NOT NULL
        OR m.role = 'developer'
        OR char_length(m.content) > 100000
        OR octet_length(coalesce(m.calls::jsonb, m.tool_calls)::text) > 65536
        OR coalesce(m.calls::jsonb, m.tool_calls) @? '$[*].arguments ? (@.type() == "string")';
    IF lost > 0 THEN
        RAISE EXCEPTION
            '% messages have parts, arguments that are text, the role developer, or are longer than the schema before can hold: '
            'remove them before', lost;
    END IF;
END
$$;

UPDATE memdb.messages SET tool_calls = calls::jsonb WHERE calls IS NOT NULL;

UPDATE memdb.archived_messages SET tool_calls = calls::jsonb WHERE calls IS NOT NULL;

ALTER TABLE memdb.archived_messages FORCE ROW LEVEL SECURITY;

ALTER TABLE memdb.messages FORCE ROW LEVEL SECURITY;

DROP VIEW memdb.kept_messages;

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

GRANT SELECT ON memdb.kept_messages TO memdb_app, memdb_admin;

CREATE OR REPLACE FUNCTION memdb.seal_of(message memdb.archived_messages, seal uuid) RETURNS text
LANGUAGE sql STABLE
SET timezone = 'UTC'
RETURN encode(sha256(convert_to(seal::text || (to_jsonb(message) - 'org_id')::text, 'UTF8')), 'hex');

CREATE OR REPLACE FUNCTION memdb.window_start(
    tenant uuid, of_session uuid, after integer, last integer, rounds integer, tokens bigint, most integer
) RETURNS integer
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    piece CONSTANT integer := 128;
    start integer;
    message record;
BEGIN
    WHILE last > after LOOP
        FOR message IN
            SELECT
                m.position,
                m.role,
                m.tokens
            FROM memdb.messages AS m
            WHERE m.org_id = tenant
                AND m.session_id = of_session
                AND m.position > greatest(after, last - piece)
                AND m.position <= last
                AND m.deleted_at IS NULL
            ORDER BY m.position DESC
        LOOP
            CONTINUE WHEN message.role = 'system';
            tokens := tokens - message.tokens;
            most := most - 1;
            IF tokens < 0 OR most < 0 THEN
                RETURN start;
            END IF;
            start := message.position;
            rounds := rounds - (message.role = 'user')::integer;
            IF rounds = 0 THEN
                RETURN start;
            END IF;
        END LOOP;
        last := last - piece;
    END LOOP;
    RETURN start;
END
$$;

CREATE INDEX messages_of_system ON memdb.messages (org_id, session_id, position) WHERE role = 'system' AND deleted_at IS NULL;

DROP INDEX memdb.messages_of_instructions;

ALTER TABLE memdb.messages
    DROP CONSTRAINT messages_tool_calls_array,
    DROP CONSTRAINT messages_parts_array,
    DROP CONSTRAINT messages_content_length,
    DROP CONSTRAINT messages_content_not_empty,
    DROP CONSTRAINT messages_role_known,
    ADD CONSTRAINT messages_role_known CHECK (role IN ('system', 'user', 'assistant', 'tool')),
    ADD CONSTRAINT messages_content_not_empty CHECK (content ~ '\S' OR role = 'tool' OR tool_calls <> '[]'),
    ADD CONSTRAINT messages_content_length CHECK (char_length(content) <= 100000),
    ADD CONSTRAINT messages_tool_calls_array CHECK (jsonb_typeof(tool_calls) = 'array' AND octet_length(tool_calls::text) <= 65536);

DROP FUNCTION memdb.without_arguments(jsonb);

DROP FUNCTION memdb.estimated_tokens(text, text, text);

DROP FUNCTION memdb.parts_without_text(text);

ALTER TABLE memdb.archived_messages DROP COLUMN parts, DROP COLUMN calls;

ALTER TABLE memdb.messages DROP COLUMN parts, DROP COLUMN calls;

COMMENT ON SCHEMA memdb IS 'memdb 0029_late_news';
