-- One live session by its agent's external id.
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
    -- Not `=`, which might make the planner read all of the agent's sessions.
    AND s.agent_id IS NOT DISTINCT FROM :agent_id::uuid
    AND s.external_id = :external_id::text
    AND s.deleted_at IS NULL
