-- The agent's memories nearest to an embedding by cosine: an exact scan of the scope. Of equals the newer comes first.
-- not null: embedded, score
SELECT
    m.id,
    m.agent_id,
    m.user_id,
    m.session_id,
    m.content,
    m.category,
    m.labels,
    m.status,
    m.source,
    m.confidence,
    m.usefulness,
    m.tags,
    m.metadata,
    m.embedding IS NOT NULL AS embedded,
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
    1 - nearest.distance AS score,
    1 - nearest.distance AS similarity,
    NULL::float8 AS text_score
FROM (
    SELECT
        m.id,
        m.embedding <=> :embedding::vector AS distance
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.agent_id = :agent_id::uuid
        -- What was superseded or merged since was active then.
        AND (m.status = 'active' OR (:as_of::timestamptz IS NOT NULL AND m.status IN ('superseded', 'merged')))
        AND m.valid_from <= coalesce(:as_of, statement_timestamp())
        AND (m.valid_until IS NULL OR m.valid_until > coalesce(:as_of, statement_timestamp()))
        AND m.deleted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > now())
        AND (:user_id::uuid IS NULL OR m.user_id = :user_id)
        AND (:session_id::uuid IS NULL OR m.session_id = :session_id)
        AND (:category::text IS NULL OR m.category = :category OR m.labels ? :category)
        AND (:since::timestamptz IS NULL OR m.created_at >= :since)
        AND (:until::timestamptz IS NULL OR m.created_at < :until)
        AND (:tag::text IS NULL OR :tag = ANY (m.tags))
        AND m.embedding IS NOT NULL
    ORDER BY distance, m.id DESC
    LIMIT :limit::int
) AS nearest
JOIN memdb.memories AS m ON m.org_id = :org_id AND m.id = nearest.id
-- A zero vector has no direction, so its cosine distance is NaN, which sorts after all others.
WHERE nearest.distance <> 'NaN'
ORDER BY nearest.distance, m.id DESC
