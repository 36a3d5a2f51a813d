-- Restores one deleted fact, and the edges invalidated with it.
WITH doomed AS MATERIALIZED (
    SELECT
        f.id,
        f.deleted_at
    FROM memdb.facts AS f
    WHERE f.org_id = :org_id::memdb.tenant
        AND f.id = :id::uuid
        AND f.deleted_at IS NOT NULL
    FOR NO KEY UPDATE
),
restored AS (
    UPDATE memdb.facts AS f
    SET
        deleted_at = NULL,
        updated_at = greatest(f.updated_at, now()),
        version = memdb.next_version(f.version, :expected_version::int)
    FROM doomed AS d, memdb.writers AS w
    WHERE f.org_id = :org_id
        AND f.id = d.id
        AND w.org_id = :org_id
        AND w.id = f.agent_id
        AND memdb.takes_writes(w, f.agent_id)
    RETURNING f.*
),
shown AS (
    UPDATE memdb.edges AS e
    SET
        invalidated_at = NULL,
        updated_at = greatest(e.updated_at, now()),
        version = e.version + 1
    FROM restored AS r, doomed AS d
    WHERE e.org_id = :org_id
        AND e.fact_id = r.id
        AND e.invalidated_at = d.deleted_at
        AND r.status = 'active'
        -- A merge since then has left the edge at the merged entity, because its place is taken.
        AND NOT EXISTS (
            SELECT FROM memdb.entities AS x
            WHERE x.org_id = :org_id
                AND x.id IN (e.source_id, e.target_id)
                AND x.status = 'merged'
        )
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
FROM restored AS f
