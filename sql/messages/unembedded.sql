-- A session's live messages without an up-to-date embedding in the space, after a place, oldest first.
-- not null: content, tool_calls
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
FROM memdb.messages AS m
WHERE m.org_id = :org_id::memdb.tenant
    AND m.session_id = :session_id::uuid
    AND m.position > :after::int
    AND m.content ~ '\S'
    AND m.deleted_at IS NULL
    -- Not a join, which might make the planner read all embeddings.
    AND (
        SELECT e.embedding IS NOT NULL FROM memdb.message_embeddings AS e
        WHERE e.org_id = :org_id
            AND e.message_id = m.id
            AND e.space = :space::smallint
    ) IS NOT TRUE
    -- Not EXISTS, which might make the planner read all of the tenant's live sessions.
    AND (SELECT s.deleted_at IS NULL FROM memdb.sessions AS s WHERE s.org_id = :org_id AND s.id = :session_id)
ORDER BY m.position
LIMIT :limit::int
