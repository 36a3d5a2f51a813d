-- An agent's live memories, newest first, from a keyset cursor.
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
    AND (:category::text IS NULL OR m.category = :category OR m.labels ? :category)
    AND (
        :status::text IS NULL
        OR m.status = :status
        -- A memory that has since been superseded or merged was active then.
        OR (:status = 'active' AND :as_of::timestamptz IS NOT NULL AND m.status IN ('superseded', 'merged'))
    )
    AND (:as_of IS NULL OR (m.valid_from <= :as_of AND (m.valid_until IS NULL OR m.valid_until > :as_of)))
    AND (:since::timestamptz IS NULL OR m.created_at >= :since)
    AND (:until::timestamptz IS NULL OR m.created_at < :until)
    AND (:tags::text[] IS NULL OR m.tags @> :tags)
    AND (:metadata::jsonb IS NULL OR m.metadata @> :metadata)
    AND m.deleted_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > now())
    AND memdb.contains(m.content, :contains::text)
    AND (:before::uuid IS NULL OR m.id < :before)
ORDER BY m.id DESC
LIMIT :limit::int
