-- An agent's active insights that are supported by facts none of which is active any more, oldest first, from a keyset cursor; work for a
-- background job.
SELECT
    i.id,
    i.agent_id,
    i.user_id,
    i.type,
    i.title,
    i.content,
    i.confidence,
    i.importance,
    i.reinforcements,
    i.status,
    i.embedded,
    i.metadata,
    i.version,
    i.detected_at,
    i.reinforced_at,
    i.created_at,
    i.updated_at
FROM memdb.insights AS i
WHERE i.org_id = :org_id::memdb.tenant
    AND i.agent_id = :agent_id::uuid
    AND i.status = 'active'
    AND i.deleted_at IS NULL
    AND (:after::uuid IS NULL OR i.id > :after)
    AND (
        SELECT true FROM memdb.insight_facts AS s
        WHERE s.org_id = :org_id
            AND s.insight_id = i.id
        LIMIT 1
    )
    -- Not an anti-join, which would read all facts: for most insights, the first fact is decisive.
    AND (
        SELECT true FROM memdb.insight_facts AS s
        JOIN memdb.facts AS f ON f.org_id = s.org_id AND f.id = s.fact_id
        WHERE s.org_id = :org_id
            AND s.insight_id = i.id
            AND f.status = 'active'
            AND f.deleted_at IS NULL
        LIMIT 1
    ) IS NULL
ORDER BY i.id
LIMIT :limit::int
