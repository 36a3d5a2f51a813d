-- An agent's active entities, most important first, from a keyset cursor.
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
FROM memdb.entities AS e
WHERE e.org_id = :org_id::memdb.tenant
    AND e.agent_id = :agent_id::uuid
    AND e.status = 'active'
    AND e.deleted_at IS NULL
    AND (:type::text IS NULL OR e.type = :type)
    AND (:min_importance::float8 IS NULL OR e.importance >= :min_importance)
    AND (:before_id::uuid IS NULL OR (e.importance, e.id) < (:before_importance::float8, :before_id))
ORDER BY e.importance DESC, e.id DESC
LIMIT :limit::int
