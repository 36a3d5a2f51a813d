-- Adds an intention to an agent, or returns, unchanged, the existing one with the same id, agent and action. No row means that there is no
-- such agent.
-- not null: id, agent_id, trigger, action, status, embedded, metadata, version, created_at, updated_at
WITH writer AS MATERIALIZED (
    SELECT
        w.id,
        w.language
    FROM memdb.writers AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND w.id = :agent_id::uuid
        AND memdb.takes_writes(w, :agent_id)
        AND memdb.must(
            :condition::text IS NOT NULL OR :embedding::halfvec IS NULL, 'embedding', 'must be None where there is no condition'
        )
),
known AS MATERIALIZED (
    SELECT n.*
    FROM writer, memdb.intentions AS n
    WHERE n.org_id = :org_id
        AND n.id = :id::uuid
        AND n.agent_id = writer.id
        AND n.action = :action::text
        AND n.deleted_at IS NULL
),
inserted AS (
    INSERT INTO memdb.intentions AS n (
        org_id, id, agent_id, user_id, session_id, due_at, embedded, language, trigger, condition, action, context, metadata
    )
    SELECT
        :org_id,
        coalesce(:id, memdb.new_id()),
        writer.id,
        :user_id::uuid,
        :session_id::uuid,
        :due_at::timestamptz,
        :embedding IS NOT NULL,
        writer.language,
        :trigger::text,
        :condition,
        :action,
        :context::text,
        coalesce(:metadata::jsonb, '{}')
    FROM writer
    WHERE NOT EXISTS (SELECT FROM known)
    RETURNING n.*
),
embedding AS (
    INSERT INTO memdb.intention_embeddings (org_id, intention_id, agent_id, space, embedding)
    SELECT
        i.org_id,
        i.id,
        i.agent_id,
        :space::smallint,
        :embedding
    FROM inserted AS i
    WHERE :embedding IS NOT NULL
)
SELECT
    n.id,
    n.agent_id,
    n.user_id,
    n.session_id,
    n.trigger,
    n.condition,
    n.action,
    n.context,
    n.due_at,
    n.status,
    n.outcome,
    n.embedded,
    n.metadata,
    n.version,
    n.triggered_at,
    n.ended_at,
    n.created_at,
    n.updated_at
FROM (
    SELECT * FROM inserted
    UNION ALL
    SELECT * FROM known
) AS n
