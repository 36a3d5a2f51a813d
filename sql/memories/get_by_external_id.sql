-- One live memory by its agent's external id.
SELECT
    m.id,
    m.agent_id,
    m.user_id,
    m.session_id,
    m.external_id,
    m.content,
    m.category,
    m.labels,
    m.status,
    m.source,
    m.confidence,
    m.usefulness,
    m.tags,
    m.metadata,
    m.embedded,
    m.embedding_model,
    m.version,
    m.observed_at,
    m.valid_from,
    m.valid_until,
    m.expires_at,
    m.superseded_by,
    m.merged_into,
    m.created_at,
    m.updated_at
FROM memdb.memories AS m
WHERE m.org_id = :org_id::memdb.tenant
    -- Not `=`, which might make the planner read all of the agent's memories.
    AND m.agent_id IS NOT DISTINCT FROM :agent_id::uuid
    AND m.external_id = :external_id::text
    AND m.deleted_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > now())
