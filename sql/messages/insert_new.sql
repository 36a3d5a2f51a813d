-- Appends one message to an active session. The message must be new, without tool calls and not a tool's result. No row means that there is
-- no such session.
-- not null: content, tool_calls
WITH session AS MATERIALIZED (
    UPDATE memdb.sessions AS s
    SET
        status = memdb.open_status(s.status),
        last_position = s.last_position + 1,
        messages = s.messages + 1,
        rounds = s.rounds + (:role::text = 'user')::int,
        tokens = s.tokens + coalesce(:tokens::int, memdb.estimated_tokens(:content::text, '[]')),
        active_at = greatest(s.active_at, coalesce(:sent_at::timestamptz, now()))
    FROM memdb.writers AS w
    WHERE s.org_id = :org_id::memdb.tenant
        AND s.id = :session_id::uuid
        AND s.deleted_at IS NULL
        AND w.org_id = :org_id
        AND w.id = s.agent_id
        AND memdb.takes_writes(w, s.agent_id)
    RETURNING
        s.last_position AS position,
        memdb.new_id() AS message_id,
        w.language
),
embedding AS (
    INSERT INTO memdb.message_embeddings (org_id, message_id, session_id, space, embedding)
    SELECT
        :org_id,
        s.message_id,
        :session_id,
        :space::smallint,
        :embedding::halfvec
    FROM session AS s
    WHERE :embedding IS NOT NULL
)
INSERT INTO memdb.messages AS m (
    org_id, id, session_id, position, role, content, name, tool_calls, open_calls, tokens, model, metadata, embedded, language, sent_at
)
SELECT
    :org_id,
    s.message_id,
    :session_id,
    s.position,
    :role,
    :content,
    :name::text,
    '[]',
    '{}',
    coalesce(:tokens, memdb.estimated_tokens(:content, '[]')),
    :model::text,
    coalesce(:metadata::jsonb, '{}'),
    :embedding IS NOT NULL,
    s.language,
    coalesce(:sent_at, now())
FROM session AS s
RETURNING
    m.id,
    m.session_id,
    m.position,
    m.role,
    to_json(m.content) AS content,
    m.name,
    m.tool_calls::json AS tool_calls,
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
    m.updated_at
