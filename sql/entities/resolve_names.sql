-- The entity that each name means and how it was found, in the order of the names.
-- not null: name, candidates
SELECT
    g.name,
    r.how,
    r.similarity,
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
    e.updated_at,
    r.candidates
FROM unnest(:names::text[]) WITH ORDINALITY AS g (name, number)
JOIN memdb.resolve_names(
    :org_id::memdb.tenant, :agent_id::uuid, :names, array_fill(:type::text, ARRAY[cardinality(:names)]), :threshold::float8, :lowest::float8
) AS r ON r.number = g.number
LEFT JOIN memdb.entities AS e ON e.org_id = :org_id AND e.id = r.entity_id
WHERE memdb.must(:lowest <= :threshold, 'candidates_from', 'must not be more than threshold')
ORDER BY g.number
