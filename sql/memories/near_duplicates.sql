-- The agent's memories for the same user whose similarity to an embedding is above a minimum, nearest first. An exact scan of the scope.
-- not null: distance
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
    nearest.distance
FROM (
    SELECT
        e.memory_id,
        e.embedding <=> :embedding::halfvec AS distance
    FROM memdb.memory_embeddings AS e
    WHERE e.org_id = :org_id::memdb.tenant
        AND e.space = :space::smallint
        AND e.memory_id = ANY (
            ARRAY(
                SELECT m.id
                FROM memdb.memories AS m
                WHERE m.org_id = :org_id
                    AND m.agent_id = :agent_id::uuid
                    AND m.user_id IS NOT DISTINCT FROM :user_id::uuid
                    AND m.status = 'active'
                    AND m.deleted_at IS NULL
                    AND (m.expires_at IS NULL OR m.expires_at > now())
                    AND (:except_id::uuid IS NULL OR m.id <> :except_id)
            )
        )
    ORDER BY distance, e.memory_id DESC
    LIMIT :limit::int
) AS nearest
JOIN memdb.memories AS m ON m.org_id = :org_id AND m.id = nearest.memory_id
-- The distance to a zero vector is NaN, which sorts above every number; the distance to a missing embedding is NULL.
WHERE nearest.distance < 1 - :min_similarity::float8
ORDER BY nearest.distance, m.id DESC
