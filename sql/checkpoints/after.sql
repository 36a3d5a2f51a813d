-- The checkpoints of a live session in the order of the turns, those after one of them.
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
JOIN memdb.sessions AS s ON s.org_id = c.org_id AND s.id = c.session_id
WHERE c.org_id = :org_id::memdb.tenant
    AND c.session_id = :session_id::uuid
    AND s.org_id = :org_id
    AND s.id = :session_id
    AND s.deleted_at IS NULL
    AND (:turn::int IS NULL OR c.turn > :turn)
ORDER BY c.turn
LIMIT :limit::int
