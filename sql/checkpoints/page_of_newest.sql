-- The checkpoints of a live session, last turn first, from a keyset cursor.
SELECT
    c.session_id,
    c.turn,
    c.request_id,
    c.messages_hash,
    c.completion_hash,
    c.input_tokens,
    c.output_tokens,
    c.latency_ms,
    c.model,
    c.provider,
    c.provider_request_id,
    c.is_streaming,
    c.is_complete,
    c.state,
    c.created_at
FROM memdb.checkpoints AS c
WHERE c.org_id = :org_id::memdb.tenant
    AND c.session_id = :session_id::uuid
    -- Not a join, which might make the planner read all of the tenant's live sessions.
    AND (SELECT s.deleted_at IS NULL FROM memdb.sessions AS s WHERE s.org_id = :org_id AND s.id = :session_id)
    AND (:before::int IS NULL OR c.turn < :before)
ORDER BY c.turn DESC
LIMIT :limit::int
