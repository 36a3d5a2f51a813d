-- The chain of supersessions that contains a fact: its last successor, and all facts that this one directly or indirectly superseded, in
-- the order in which they were learnt.
-- UNION removes duplicate rows, so a cycle ends.
WITH RECURSIVE later AS (
    SELECT
        f.id,
        f.superseded_by
    FROM memdb.facts AS f
    WHERE f.org_id = :org_id::memdb.tenant
        AND f.id = :id::uuid
        AND f.deleted_at IS NULL
    UNION
    SELECT
        f.id,
        f.superseded_by
    FROM later AS l
    JOIN memdb.facts AS f ON f.org_id = :org_id AND f.id = l.superseded_by
),
chain AS (
    SELECT l.id
    FROM later AS l
    UNION
    SELECT f.id
    FROM chain AS c
    JOIN memdb.facts AS f ON f.org_id = :org_id AND f.superseded_by = c.id
)
SELECT
    f.id,
    f.agent_id,
    f.entity_id,
    f.attribute,
    f.value,
    f.content,
    f.category,
    f.confidence,
    f.importance,
    f.sensitive,
    f.needs_confirmation,
    f.status,
    f.valid_from,
    f.valid_until,
    f.expires_at,
    f.ingested_at,
    f.invalidated_at,
    f.superseded_by,
    f.confirmed_at,
    f.confirmations,
    f.corrections,
    f.retrieved_at,
    f.retrievals,
    f.vitality,
    f.stale,
    f.speaker,
    f.context,
    f.annotation,
    f.event_id,
    f.session_id,
    f.user_id,
    f.embedded,
    f.metadata,
    f.version,
    f.updated_at
FROM memdb.facts AS f
WHERE f.org_id = :org_id
    AND f.id = ANY (ARRAY(SELECT c.id FROM chain AS c))
    AND f.deleted_at IS NULL
ORDER BY f.ingested_at, f.id
LIMIT 1000
