-- Starts a session of an agent, or returns the existing one with the same external id or the same id. No row means that there is no such
-- agent.
-- not null: id, agent_id, status, metadata, messages, rounds, tokens, input_tokens, output_tokens, latency_ms, last_position
-- not null: extracted_position, edits, version, active_at, created_at, updated_at, created
WITH writer AS MATERIALIZED (
    SELECT w.id
    FROM memdb.writers AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND w.id = :agent_id::uuid
        AND memdb.takes_writes(w, :agent_id)
),
known AS (
    -- Two branches, because each uses its own index.
    SELECT s.id
    FROM memdb.sessions AS s
    WHERE s.org_id = :org_id
        -- Not `=`, which might make the planner read all of the agent's sessions.
        AND s.agent_id IS NOT DISTINCT FROM :agent_id
        AND s.external_id = :external_id::text
        AND s.deleted_at IS NULL
    UNION ALL
    SELECT s.id
    FROM memdb.sessions AS s
    WHERE s.org_id = :org_id
        AND s.id = :id::uuid
        AND s.agent_id IS NOT DISTINCT FROM :agent_id
        AND s.external_id IS NOT DISTINCT FROM :external_id
        AND s.deleted_at IS NULL
),
existing AS (
    SELECT
        s.*,
        false AS created
    FROM writer, memdb.sessions AS s
    WHERE s.org_id = :org_id
        AND s.id = (SELECT k.id FROM known AS k LIMIT 1)
),
inserted AS (
    INSERT INTO memdb.sessions AS s (
        org_id, id, agent_id, user_id, external_id, title, model, provider, directive_number, metadata, active_at
    )
    SELECT
        :org_id,
        coalesce(:id, memdb.new_id()),
        w.id,
        :user_id::uuid,
        :external_id,
        :title::text,
        :model::text,
        :provider::text,
        :directive_number::int,
        coalesce(:metadata::jsonb, '{}'),
        coalesce(:started_at::timestamptz, now())
    FROM writer AS w
    WHERE NOT EXISTS (SELECT FROM existing)
    -- A concurrent writer came first: return its session unchanged. DO NOTHING would return no row.
    ON CONFLICT (org_id, external_id, agent_id) WHERE external_id IS NOT NULL AND deleted_at IS NULL
        DO UPDATE SET version = s.version
    RETURNING
        s.*,
        s.xmax = 0 AS created
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
    s.updated_at,
    s.created
FROM (
    SELECT * FROM inserted
    UNION ALL
    SELECT * FROM existing
) AS s
