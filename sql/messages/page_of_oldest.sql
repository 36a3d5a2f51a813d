-- A session's live messages, archived or not, after a place, oldest first.
-- not null: id, session_id, position, role, content, tool_calls, open_calls, tokens, metadata, embedded, version, sent_at, created_at, updated_at
SELECT
    m.id,
    m.session_id,
    m.position,
    m.role,
    coalesce(m.parts::json, to_json(m.content)) AS content,
    m.name,
    coalesce(m.calls::json, m.tool_calls::json) AS tool_calls,
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
FROM memdb.kept_messages AS m
WHERE m.org_id = :org_id::memdb.tenant
    AND m.session_id = :session_id::uuid
    AND m.deleted_at IS NULL
    AND m.position > :after::int
    AND (:role::text IS NULL OR m.role = :role)
    -- Not EXISTS, which might make the planner read all of the tenant's live sessions.
    AND (SELECT s.deleted_at IS NULL FROM memdb.sessions AS s WHERE s.org_id = :org_id AND s.id = :session_id)
ORDER BY m.position
LIMIT :limit::int
