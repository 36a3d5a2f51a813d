-- Active entities without an embedding, oldest first, from a keyset cursor; work for a background embedder.
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
    AND NOT e.embedded
    AND e.status = 'active'
    AND (:agent_id::uuid IS NULL OR e.agent_id = :agent_id)
    AND (:after_id::uuid IS NULL OR e.id > :after_id)
    AND e.deleted_at IS NULL
ORDER BY e.id
LIMIT :limit::int
