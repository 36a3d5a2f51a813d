-- An agent's most useful memories that are active and valid now. Ties go to the newer.
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
    AND m.agent_id = :agent_id::uuid
    AND m.status = 'active'
    AND m.deleted_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > now())
    AND m.valid_from <= statement_timestamp()
    AND (m.valid_until IS NULL OR m.valid_until > statement_timestamp())
ORDER BY m.usefulness DESC, m.id DESC
LIMIT :limit::int
