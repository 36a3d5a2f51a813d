-- Live memories without an embedding, oldest first, from a keyset cursor; work for a background embedder.
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
    AND NOT m.embedded
    AND (:agent_id::uuid IS NULL OR m.agent_id = :agent_id)
    AND (:after::uuid IS NULL OR m.id > :after)
    AND m.deleted_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > now())
ORDER BY m.id
LIMIT :limit::int
