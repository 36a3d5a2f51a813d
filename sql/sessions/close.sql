-- Closes one active session.
WITH closed AS (
    UPDATE memdb.sessions AS s
    SET
        -- An archived session's status may become a closed one only when its messages are restored.
        status = CASE
            WHEN s.archived_at IS NULL THEN memdb.next_session_status(s.status, :status::text)
            ELSE memdb.open_status(s.status)
        END,
        closed_as = :status,
        closed_at = now(),
        updated_at = greatest(s.updated_at, now()),
        version = memdb.next_version(s.version, :expected_version::int)
    FROM memdb.writers AS w
    WHERE s.org_id = :org_id::memdb.tenant
        AND s.id = :id::uuid
        AND s.deleted_at IS NULL
        AND w.org_id = :org_id
        AND w.id = s.agent_id
        AND memdb.takes_writes(w, s.agent_id)
    RETURNING s.*
)
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
FROM closed AS s
