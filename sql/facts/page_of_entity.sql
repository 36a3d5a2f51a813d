-- An agent's facts that are about an entity or name it, newest first, from a keyset cursor.
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
FROM memdb.fact_entities AS l
-- Not a plain join: for an entity with few of the agent's facts, it would read all of the agent's facts.
CROSS JOIN LATERAL (
    SELECT f.*
    FROM memdb.facts AS f
    WHERE f.org_id = :org_id::memdb.tenant
        AND f.id = l.fact_id
        AND f.agent_id = :agent_id::uuid
        AND (:attribute::text IS NULL OR (f.attribute = :attribute AND f.entity_id = :entity_id::uuid))
        AND f.deleted_at IS NULL
        AND (:ended::boolean OR (f.status = 'active' AND coalesce(f.expires_at > now(), true)))
        AND memdb.holds(f, :as_of::timestamptz, :known_at::timestamptz)
        AND (:category::text IS NULL OR f.category = :category)
        AND (:min_confidence::float8 IS NULL OR f.confidence >= :min_confidence)
    LIMIT 1
) AS f
WHERE l.org_id = :org_id
    AND l.entity_id = :entity_id
    AND (:before::uuid IS NULL OR l.fact_id < :before)
ORDER BY l.fact_id DESC
LIMIT :limit::int
