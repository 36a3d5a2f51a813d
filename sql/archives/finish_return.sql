-- Returns a session whose messages are back to its state before archiving. No row means that there is no such session, or that not all
-- messages are back.
WITH returned AS (
    UPDATE memdb.sessions AS s
    SET
        status = memdb.next_session_status(s.status, coalesce(s.closed_as, 'active')),
        archived_at = NULL,
        moving = NULL,
        seal = NULL,
        updated_at = greatest(s.updated_at, now()),
        version = s.version + 1
    WHERE s.org_id = :org_id::memdb.tenant
        AND s.id = :id::uuid
        AND s.moving = 'in'
        AND NOT EXISTS (SELECT FROM memdb.archived_messages AS m WHERE m.org_id = :org_id AND m.session_id = :id)
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
FROM returned AS s
