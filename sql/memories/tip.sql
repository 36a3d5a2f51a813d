-- The live memory at the end of a chain of successors, possibly the one at which it starts.
WITH RECURSIVE chain AS (
    SELECT
        m.id,
        coalesce(m.superseded_by, m.merged_into) AS successor_id
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.id = :id::uuid
    UNION ALL
    SELECT
        m.id,
        coalesce(m.superseded_by, m.merged_into)
    FROM chain AS c
    JOIN memdb.memories AS m ON m.org_id = :org_id AND m.id = c.successor_id
) CYCLE id SET is_cycle USING path
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
WHERE m.org_id = :org_id
    AND m.id = (SELECT c.id FROM chain AS c WHERE c.successor_id IS NULL AND NOT c.is_cycle)
    AND m.deleted_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > now())
