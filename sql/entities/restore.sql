-- Restores one deleted entity, and those deleted with it.
WITH target AS MATERIALIZED (
    SELECT
        e.id,
        e.status,
        e.deleted_at
    FROM memdb.entities AS e
    WHERE e.org_id = :org_id::memdb.tenant
        AND e.id = :id::uuid
        AND e.deleted_at IS NOT NULL
    FOR NO KEY UPDATE
),
restored AS (
    UPDATE memdb.entities AS e
    SET
        deleted_at = NULL,
        updated_at = greatest(e.updated_at, now()),
        version = memdb.next_version(e.version, CASE WHEN e.id = :id THEN :expected_version::int END)
    FROM target AS t, memdb.writers AS w
    WHERE e.org_id = :org_id
        AND (e.id = :id OR e.merged_into = :id)
        AND e.deleted_at = t.deleted_at
        AND w.org_id = :org_id
        AND w.id = e.agent_id
        AND memdb.takes_writes(w, e.agent_id)
        AND memdb.must(t.status = 'active', 'id', 'must be that of an entity that is not merged')
    RETURNING e.*
)
SELECT
    e.id,
    e.agent_id,
    e.type,
    e.key,
    e.name,
    e.summary,
    e.profile,
    e.importance,
    e.mentions,
    e.status,
    e.merged_into,
    e.embedded,
    e.metadata,
    e.version,
    e.first_seen_at,
    e.last_seen_at,
    e.summarised_at,
    e.profiled_at,
    e.created_at,
    e.updated_at
FROM restored AS e
WHERE e.id = :id
