-- The scope's memories nearest to an embedding by cosine, as found by the HNSW index. Ties go to the newer. Fewer rows than the limit mean
-- that the index scan ended, not that there are no more.
-- not null: score, similarity, vector, text, context, length, first_person, question, answer, named
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
    1 - nearest.distance AS score,
    1 - nearest.distance AS similarity,
    NULL::float8 AS text_score,
    1 - nearest.distance AS vector,
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
        e.memory_id,
        e.embedding <=> :embedding::halfvec AS distance
    FROM memdb.indexed_embeddings AS e
    JOIN memdb.memories AS m ON m.org_id = e.org_id AND m.id = e.memory_id
    WHERE e.org_id = :org_id::memdb.tenant
        AND e.space = :space::smallint
        AND e.agent_id = :agent_id::uuid
        AND m.org_id = :org_id
        AND memdb.in_scope(
            m, :agent_id, :user_id::uuid, :session_id::uuid, :category::text, :tags::text[], :metadata::jsonb, :as_of::timestamptz,
            :since::timestamptz, :until::timestamptz
        )
        AND memdb.contains(m.content, :contains::text)
        AND :ef_search::memdb.hnsw_ef_search > 0
    ORDER BY distance
    -- The index returns ties in no particular order.
    FETCH FIRST (:limit::int) ROWS WITH TIES
) AS nearest
JOIN memdb.memories AS m ON m.org_id = :org_id AND m.id = nearest.memory_id
-- An HNSW scan returns rows in approximate order, but the planner takes it as exact. Adding 0 forces a sort, because the sum is not the
-- indexed expression.
ORDER BY nearest.distance + 0, m.id DESC
LIMIT :limit
