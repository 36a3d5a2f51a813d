-- Reduces the weight of one edge, but not below a floor. A weight that is already below it stays unchanged.
UPDATE memdb.edges AS e
SET
    weight = least(e.weight, greatest(e.weight - :by::float8, :floor::float8)),
    updated_at = greatest(e.updated_at, now()),
    version = memdb.next_version(e.version, :expected_version::int)
FROM memdb.writers AS w
WHERE e.org_id = :org_id::memdb.tenant
    AND e.id = :id::uuid
    AND w.org_id = :org_id
    AND w.id = e.agent_id
    AND memdb.takes_writes(w, e.agent_id)
RETURNING
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
