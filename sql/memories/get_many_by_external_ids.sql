-- The live memories among these external ids of an agent, in the order of the ids.
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
FROM unnest(:external_ids::text[]) WITH ORDINALITY AS wanted (external_id, position)
JOIN memdb.memories AS m
    ON m.org_id = :org_id::memdb.tenant
    AND m.external_id = wanted.external_id
    -- Not `=`, which might make the planner read all of the agent's memories.
    AND m.agent_id IS NOT DISTINCT FROM :agent_id::uuid
WHERE m.deleted_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > now())
ORDER BY wanted.position
