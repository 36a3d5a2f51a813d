-- An agent's active facts, those that were learnt last first, from an offset.
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
    AND (
        :entity_ids::uuid[] IS NULL
        OR EXISTS (SELECT FROM memdb.fact_entities AS l WHERE l.org_id = :org_id AND l.fact_id = f.id AND l.entity_id = ANY (:entity_ids))
    )
ORDER BY
    f.ingested_at DESC,
    f.id DESC
OFFSET :offset::int
LIMIT :limit::int
