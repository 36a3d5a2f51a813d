-- The live entity of an agent with a canonical key, merged or not.
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
    AND e.key = :key::text
    AND e.deleted_at IS NULL
