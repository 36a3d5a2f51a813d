-- An agent's edges, newest first, from a keyset cursor.
SELECT
    e.id,
    e.agent_id,
    e.source_id,
    e.target_id,
    e.type,
    e.weight,
    e.assertions,
    e.fact_id,
    e.provenance,
    e.valid_from,
    e.valid_until,
    e.invalidated_at,
    e.used_at,
    e.metadata,
    e.version,
    e.created_at,
    e.updated_at
FROM memdb.edges AS e
WHERE e.org_id = :org_id::memdb.tenant
    AND e.agent_id = :agent_id::uuid
    AND (:type::text IS NULL OR e.type = memdb.edge_type(:type))
    AND (:ended::bool OR memdb.edge_holds(e, now()))
    AND (:before::uuid IS NULL OR e.id < :before)
ORDER BY e.id DESC
LIMIT :limit::int
