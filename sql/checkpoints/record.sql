-- Records the checkpoint of a turn and adds it to its session's sums, or returns the existing one if it is equal. No row means that there
-- is no such session.
-- not null: session_id, turn, input_tokens, output_tokens, latency_ms, is_streaming, is_complete, state, created_at
WITH writable AS MATERIALIZED (
    SELECT
        s.id,
        -- Unused, but in no index: this rules out an index-only scan that might read all of the tenant's live sessions.
        s.title
    FROM memdb.sessions AS s
    JOIN memdb.writers AS w ON w.org_id = s.org_id AND w.id = s.agent_id
    WHERE s.org_id = :org_id::memdb.tenant
        AND s.id = :session_id::uuid
        AND s.deleted_at IS NULL
        AND w.org_id = :org_id
        AND memdb.takes_writes(w, s.agent_id)
),
existing AS (
    SELECT c.*
    FROM writable, memdb.checkpoints AS c
    WHERE c.org_id = :org_id
        AND c.session_id = :session_id
        AND c.turn = :turn::int
        AND (
            c.request_id, c.messages_hash, c.completion_hash, c.input_tokens, c.output_tokens, c.latency_ms, c.model, c.provider,
            c.provider_request_id, c.is_streaming, c.is_complete, c.state
        ) IS NOT DISTINCT FROM (
            :request_id::text, :messages_hash::text, :completion_hash::text, :input_tokens::int, :output_tokens::int, :latency_ms::int,
            :model::text, :provider::text, :provider_request_id::text, :is_streaming::boolean, :is_complete::boolean,
            coalesce(:state::jsonb, '{}')
        )
),
counted AS (
    UPDATE memdb.sessions AS s
    SET
        status = memdb.open_status(s.status),
        active_at = greatest(s.active_at, now()),
        input_tokens = s.input_tokens + :input_tokens,
        output_tokens = s.output_tokens + :output_tokens,
        latency_ms = s.latency_ms + :latency_ms
    FROM writable AS w
    WHERE s.org_id = :org_id
        AND s.id = :session_id
        AND s.deleted_at IS NULL
        AND NOT EXISTS (SELECT FROM existing)
    RETURNING
        s.org_id,
        s.id
),
inserted AS (
    INSERT INTO memdb.checkpoints AS c (
        org_id, session_id, turn, request_id, messages_hash, completion_hash, input_tokens, output_tokens, latency_ms, model, provider,
        provider_request_id, is_streaming, is_complete, state
    )
    SELECT
        s.org_id,
        s.id,
        :turn,
        :request_id,
        :messages_hash,
        :completion_hash,
        :input_tokens,
        :output_tokens,
        :latency_ms,
        :model,
        :provider,
        :provider_request_id,
        :is_streaming,
        :is_complete,
        coalesce(:state, '{}')
    FROM counted AS s
    RETURNING c.*
)
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
FROM (
    SELECT * FROM inserted
    UNION ALL
    SELECT * FROM existing
) AS c
