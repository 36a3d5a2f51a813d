-- One edge, whether or not it still holds.
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
    AND e.id = :id::uuid
