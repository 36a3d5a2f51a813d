-- Changes the given fields of one fact of any status. NULL leaves a field unchanged, unless :cleared names it.
WITH updated AS (
    UPDATE memdb.facts AS f
    SET
        annotation = coalesce(:annotation::text, CASE WHEN 'annotation' <> ALL (:cleared::text[]) THEN f.annotation END),
        category = coalesce(:category::text, CASE WHEN 'category' <> ALL (:cleared) THEN f.category END),
        importance = coalesce(:importance::float8, f.importance),
        sensitive = coalesce(:sensitive::boolean, f.sensitive),
        needs_confirmation = coalesce(:needs_confirmation::boolean, f.needs_confirmation),
        metadata = coalesce(:metadata::jsonb, f.metadata),
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
FROM updated AS f
