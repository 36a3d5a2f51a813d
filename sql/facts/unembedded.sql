-- Active facts without an embedding, oldest first, from a keyset cursor; work for a background embedder.
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
    AND NOT f.embedded
    AND f.status = 'active'
    AND (:agent_id::uuid IS NULL OR f.agent_id = :agent_id)
    AND (:after::uuid IS NULL OR f.id > :after)
    AND f.deleted_at IS NULL
ORDER BY f.id
LIMIT :limit::int
