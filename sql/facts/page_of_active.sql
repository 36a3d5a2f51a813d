-- An agent's active facts, newest first, from a keyset cursor.
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
WHERE f.org_id = :org_id::memdb.tenant
    AND f.agent_id = :agent_id::uuid
    AND f.status = 'active'
    AND f.deleted_at IS NULL
    AND coalesce(f.expires_at > now(), true)
    AND (:category::text IS NULL OR f.category = :category)
    AND (:min_confidence::float8 IS NULL OR f.confidence >= :min_confidence)
    AND (:before::uuid IS NULL OR f.id < :before)
ORDER BY f.id DESC
LIMIT :limit::int
