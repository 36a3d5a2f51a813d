-- Invalidates one edge. An edge that is already invalidated stays unchanged.
UPDATE memdb.edges AS e
SET
    invalidated_at = coalesce(e.invalidated_at, now()),
    updated_at = CASE WHEN e.invalidated_at IS NULL THEN greatest(e.updated_at, now()) ELSE e.updated_at END,
    version = CASE WHEN e.invalidated_at IS NULL THEN memdb.next_version(e.version, :expected_version::int) ELSE e.version END
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
