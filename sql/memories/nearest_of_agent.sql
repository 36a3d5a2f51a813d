-- The agent's memories nearest to an embedding by cosine. Compares all embeddings, then looks up the nearest until enough of them may be
-- found by a search. Ties go to the newer.
-- not null: score, vector, text, context, length, first_person, question, answer, named
-- not null: recency, confidence, usefulness, neighbours, redundancy
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
    nearest.similarity AS score,
    nearest.similarity AS similarity,
    NULL::float8 AS text_score,
    nearest.similarity AS vector,
    0::float8 AS text,
    0::float8 AS context,
    0::float8 AS length,
    0::float8 AS first_person,
    0::float8 AS question,
    0::float8 AS answer,
    0::float8 AS named,
    0::float8 AS recency,
    0::float8 AS confidence,
    0::float8 AS usefulness,
    0::float8 AS neighbours,
    0::float8 AS redundancy
FROM (
    SELECT
        compared.memory_id,
        compared.similarity
    FROM (
        SELECT
            e.memory_id,
            1 - (e.embedding <=> :embedding::halfvec) AS similarity
        FROM memdb.memory_embeddings AS e
        WHERE e.org_id = :org_id::memdb.tenant
            AND e.space = :space::smallint
            AND e.agent_id = :agent_id::uuid
            -- Redundant, so that a generic plan uses the index on agents even if one agent has nearly all embeddings.
            AND e.agent_id >= :agent_id
        -- OFFSET 0 makes the distance be computed once.
        OFFSET 0
    ) AS compared
    -- A zero vector has no direction: its cosine distance is NaN, which sorts above every number.
    WHERE compared.similarity <> 'NaN'
        AND (:min_similarity::float8 IS NULL OR compared.similarity >= :min_similarity)
        AND (:after_id::uuid IS NULL OR (compared.similarity, compared.memory_id) < (:after_score::float8, :after_id))
    ORDER BY compared.similarity DESC, compared.memory_id DESC
    -- OFFSET 0 keeps this order for the lookups.
    OFFSET 0
) AS nearest
CROSS JOIN LATERAL (
    SELECT *
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id
        AND m.id = nearest.memory_id
        AND memdb.in_scope(m, :agent_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
    LIMIT 1
) AS m
ORDER BY nearest.similarity DESC, nearest.memory_id DESC
LIMIT :limit::int
