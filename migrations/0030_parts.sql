-- depends: 0029_late_news
-- Messages whose content is a list of parts (texts, images, files), tool calls to the letter, the role developer, and long contents.

-- `content` is the text, which is searched and summarised, also where the content was given as a list of parts: then `parts` is that list.
-- `calls` are the tool calls where jsonb would not return them to the letter, with other keys first or other digits; `tool_calls` has their ids
-- and names then. Both are JSON, in text columns: json has no equality.
ALTER TABLE memdb.messages
    ADD COLUMN parts text,
    ADD COLUMN calls text;

ALTER TABLE memdb.archived_messages
    ADD COLUMN parts text,
    ADD COLUMN calls text,
    ADD CONSTRAINT archived_messages_arrays CHECK (parts IS JSON ARRAY AND calls IS JSON ARRAY);

-- How many parts have no text of their own: images, files, sounds.
CREATE FUNCTION memdb.parts_without_text(parts text) RETURNS integer
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    RETURN (
        SELECT count(*)
        FROM json_array_elements(parts_without_text.parts::json) AS p (part)
        WHERE json_typeof(p.part -> 'text') IS DISTINCT FROM 'string'
    );
END
$$;

-- How many tokens a message may have, where nobody has counted them: one for each four characters, and 1,000 for each part that is no text.
CREATE FUNCTION memdb.estimated_tokens(content text, calls text, parts text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN least(
    (char_length(content) + CASE WHEN calls = '[]' THEN 0 ELSE char_length(calls) END + 3) / 4
    + 1000 * coalesce(memdb.parts_without_text(parts), 0),
    10000000
);

-- Tool calls of which the arguments are kept elsewhere.
CREATE FUNCTION memdb.without_arguments(tool_calls jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT jsonb_agg(c.call - 'arguments' ORDER BY c.place)
    FROM jsonb_array_elements(tool_calls) WITH ORDINALITY AS c (call, place)
);

ALTER TABLE memdb.messages
    DROP CONSTRAINT messages_role_known,
    DROP CONSTRAINT messages_content_not_empty,
    DROP CONSTRAINT messages_content_length,
    DROP CONSTRAINT messages_tool_calls_array,
    ADD CONSTRAINT messages_role_known CHECK (role IN ('system', 'developer', 'user', 'assistant', 'tool')),
    ADD CONSTRAINT messages_content_not_empty CHECK (
        content ~ '\S' OR role = 'tool' OR tool_calls <> '[]' OR coalesce(memdb.parts_without_text(parts), 0) > 0
    ),
    ADD CONSTRAINT messages_content_length CHECK (char_length(content) <= 10000000),
    ADD CONSTRAINT messages_parts_array CHECK (parts IS JSON ARRAY AND octet_length(parts) <= 33554432),
    ADD CONSTRAINT messages_tool_calls_array CHECK (
        jsonb_typeof(tool_calls) = 'array'
        AND octet_length(tool_calls::text) <= 16777216
        AND calls IS JSON ARRAY
        AND octet_length(calls) <= 16777216
    );

CREATE INDEX messages_of_instructions ON memdb.messages (org_id, session_id, position)
WHERE role IN ('system', 'developer') AND deleted_at IS NULL;

DROP INDEX memdb.messages_of_system;

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
            CONTINUE WHEN message.role IN ('system', 'developer');
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

CREATE OR REPLACE VIEW memdb.kept_messages WITH (security_invoker = true) AS
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
    m.edit,
    m.parts,
    m.calls
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
    a.edit,
    a.parts,
    a.calls
FROM memdb.archived_messages AS a;

-- Without the columns that are younger than the oldest exports, where they are NULL: so an export that was sealed before is still known.
CREATE OR REPLACE FUNCTION memdb.seal_of(message memdb.archived_messages, seal uuid) RETURNS text
LANGUAGE sql STABLE
SET timezone = 'UTC'
RETURN encode(
    sha256(
        convert_to(
            seal::text || (
                to_jsonb(message)
                - 'org_id'
                - CASE WHEN (message).parts IS NULL THEN ARRAY['parts'] ELSE '{}' END
                - CASE WHEN (message).calls IS NULL THEN ARRAY['calls'] ELSE '{}' END
            )::text,
            'UTF8'
        )
    ),
    'hex'
);

GRANT UPDATE (parts) ON memdb.messages TO memdb_app;

COMMENT ON SCHEMA memdb IS 'memdb 0030_parts';
