-- Restores one deleted insight.
WITH changed AS (
    UPDATE memdb.insights AS i
    SET
        deleted_at = NULL,
        updated_at = greatest(i.updated_at, now()),
        version = memdb.next_version(i.version, :expected_version::int)
    FROM memdb.writers AS w
    WHERE i.org_id = :org_id::memdb.tenant
        AND i.id = :id::uuid
        AND i.deleted_at IS NOT NULL
        AND w.org_id = :org_id
        AND w.id = i.agent_id
        AND memdb.takes_writes(w, i.agent_id)
    RETURNING i.*
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
FROM changed AS i
