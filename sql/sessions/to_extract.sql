-- The live sessions that are closed and have messages after their mark, longest closed first.
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
    AND s.closed_at IS NOT NULL
    AND s.extracted_position < s.last_position
    AND s.deleted_at IS NULL
    AND s.archived_at IS NULL
    AND (:agent_id::uuid IS NULL OR s.agent_id = :agent_id)
ORDER BY s.closed_at, s.id
LIMIT :limit::int
