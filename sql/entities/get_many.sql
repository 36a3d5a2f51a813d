-- The live entities among these ids, merged or not, in the order of the ids.
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
FROM unnest(:ids::uuid[]) WITH ORDINALITY AS wanted (id, position)
JOIN memdb.entities AS e ON e.org_id = :org_id::memdb.tenant AND e.id = wanted.id
WHERE e.deleted_at IS NULL
ORDER BY wanted.position
