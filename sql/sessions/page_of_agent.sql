-- An agent's live sessions, last active first, from a keyset cursor.
SELECT
    s.id,
    s.agent_id,
    s.user_id,
    s.external_id,
    s.title,
    s.status,
    s.model,
    s.provider,
    s.directive_number,
    s.metadata,
    s.messages,
    s.rounds,
    s.tokens,
    s.input_tokens,
    s.output_tokens,
    s.latency_ms,
    s.last_position,
    s.extracted_position,
    s.edits,
    s.version,
    s.active_at,
    s.closed_at,
    s.archived_at,
    s.archived_to,
    s.created_at,
    s.updated_at
FROM memdb.sessions AS s
WHERE s.org_id = :org_id::memdb.tenant
    AND s.agent_id = :agent_id::uuid
    AND s.deleted_at IS NULL
    AND (:status::text IS NULL OR s.status = :status)
    AND (:since::timestamptz IS NULL OR s.active_at >= :since)
    AND (:before_id::uuid IS NULL OR (s.active_at, s.id) < (:before_active_at::timestamptz, :before_id))
ORDER BY s.active_at DESC, s.id DESC
LIMIT :limit::int
