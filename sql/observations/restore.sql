-- Restores one deleted observation.
WITH restored AS (
    UPDATE memdb.session_observations AS o
    SET
        deleted_at = NULL,
        updated_at = greatest(o.updated_at, now()),
        version = memdb.next_version(o.version, :expected_version::int)
    FROM memdb.writers AS w
    WHERE o.org_id = :org_id::memdb.tenant
        AND o.id = :id::uuid
        AND o.deleted_at IS NOT NULL
        AND w.org_id = :org_id
        AND w.id = o.agent_id
        AND memdb.takes_writes(w, o.agent_id)
    RETURNING o.*
)
SELECT
    o.id,
    o.agent_id,
    o.session_id,
    o.user_id,
    o.content,
    o.topic,
    o.entities,
    o.message_ids,
    o.observed_at,
    o.referenced_at,
    o.relative_offset,
    o.emotion,
    o.emotion_intensity,
    o.status,
    o.merged_into,
    o.embedded,
    o.metadata,
    o.version,
    o.created_at,
    o.updated_at
FROM restored AS o
