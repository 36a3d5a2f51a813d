-- An agent's memories with these external ids, including deleted and expired ones.
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
    m.updated_at,
    m.deleted_at IS NOT NULL AS is_deleted
FROM memdb.memories AS m
WHERE m.org_id = :org_id::memdb.tenant
    AND m.external_id = ANY (:external_ids::text[])
    -- Not `=`, which might make the planner read all of the agent's memories.
    AND m.agent_id IS NOT DISTINCT FROM :agent_id::uuid
