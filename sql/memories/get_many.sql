-- The live memories among these ids, in the order of the ids.
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
FROM unnest(:ids::uuid[]) WITH ORDINALITY AS wanted (id, position)
JOIN memdb.memories AS m ON m.org_id = :org_id::memdb.tenant AND m.id = wanted.id
WHERE m.deleted_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > now())
    AND (:as_of::timestamptz IS NULL OR (m.valid_from <= :as_of AND (m.valid_until IS NULL OR m.valid_until > :as_of)))
ORDER BY wanted.position
