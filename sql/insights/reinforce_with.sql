-- Reinforces an active insight that was found again: reduces the doubt about it by a share, and adds to its support.
WITH reinforced AS (
    UPDATE memdb.insights AS i
    SET
        status = memdb.next_insight_status(i.status, 'active'),
        reinforcements = i.reinforcements + 1,
        reinforced_at = greatest(i.reinforced_at, now()),
        confidence = least(i.confidence + (1 - i.confidence) * :weight::float8, 1),
        updated_at = greatest(i.updated_at, now()),
        version = memdb.next_version(i.version, :expected_version::int)
    FROM memdb.writers AS w
    WHERE i.org_id = :org_id::memdb.tenant
        AND i.id = :id::uuid
        AND i.deleted_at IS NULL
        AND w.org_id = :org_id
        AND w.id = i.agent_id
        AND memdb.takes_writes(w, i.agent_id)
    RETURNING i.*
),
facts AS (
    INSERT INTO memdb.insight_facts (org_id, insight_id, fact_id)
    SELECT DISTINCT
        r.org_id,
        r.id,
        f.id
    FROM reinforced AS r, unnest(:fact_ids::uuid[]) AS f (id)
    ORDER BY f.id
    ON CONFLICT DO NOTHING
),
events AS (
    INSERT INTO memdb.insight_events (org_id, insight_id, event_id)
    SELECT DISTINCT
        r.org_id,
        r.id,
        e.id
    FROM reinforced AS r, unnest(:event_ids::uuid[]) AS e (id)
    ORDER BY e.id
    ON CONFLICT DO NOTHING
)
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
FROM reinforced AS i
