-- Ends an active fact, at a given time or now, and the edges whose evidence it is.
WITH invalidated AS (
    UPDATE memdb.facts AS f
    SET
        status = memdb.next_fact_status(f.status, 'invalidated'),
        held_until = f.valid_until,
        valid_until = greatest(f.valid_from, least(f.valid_until, coalesce(:valid_until::timestamptz, now()))),
        -- Not before it was known: who made it may have begun later, and been quicker.
        invalidated_at = greatest(f.ingested_at, now()),
        updated_at = greatest(f.updated_at, now()),
        version = memdb.next_version(f.version, :expected_version::int)
    FROM memdb.writers AS w
    WHERE f.org_id = :org_id::memdb.tenant
        AND f.id = :id::uuid
        AND f.deleted_at IS NULL
        AND w.org_id = :org_id
        AND w.id = f.agent_id
        AND memdb.takes_writes(w, f.agent_id)
    RETURNING f.*
),
shown AS (
    UPDATE memdb.edges AS e
    SET
        invalidated_at = i.invalidated_at,
        updated_at = greatest(e.updated_at, now()),
        version = e.version + 1
    FROM invalidated AS i
    WHERE e.org_id = :org_id
        AND e.fact_id = i.id
        AND e.invalidated_at IS NULL
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
FROM invalidated AS f
