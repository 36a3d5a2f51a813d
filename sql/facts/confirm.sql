-- Counts one more confirmation of an active fact. Its expiry is extended by its attribute's time to live.
WITH lasting AS MATERIALIZED (
    SELECT a.time_to_live
    FROM memdb.facts AS f
    JOIN memdb.attributes AS a ON a.org_id = :org_id::memdb.tenant AND a.key = f.attribute
    WHERE f.org_id = :org_id
        AND f.id = :id::uuid
),
confirmed AS (
    UPDATE memdb.facts AS f
    SET
        status = memdb.next_fact_status(f.status, 'active'),
        confidence = greatest(f.confidence, :confidence::float8),
        confirmations = f.confirmations + 1,
        confirmed_at = now(),
        expires_at = greatest(
            f.expires_at,
            CASE WHEN f.expires_at IS NOT NULL THEN now() + (SELECT l.time_to_live FROM lasting AS l) END
        ),
        needs_confirmation = false,
        stale = false,
        updated_at = greatest(f.updated_at, now()),
        version = memdb.next_version(f.version, :expected_version::int)
    FROM memdb.writers AS w
    WHERE f.org_id = :org_id
        AND f.id = :id
        AND f.deleted_at IS NULL
        AND w.org_id = :org_id
        AND w.id = f.agent_id
        AND memdb.takes_writes(w, f.agent_id)
    RETURNING f.*
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
FROM confirmed AS f
