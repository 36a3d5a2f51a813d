-- The votes on a memory, latest first.
SELECT
    v.memory_id,
    v.agent_id,
    v.vote,
    v.session_id,
    v.trace_id,
    v.notes,
    v.created_at,
    v.updated_at
FROM memdb.memory_votes AS v
WHERE v.org_id = :org_id::memdb.tenant
    AND v.memory_id = :id::uuid
ORDER BY v.updated_at DESC, v.agent_id
LIMIT 1000
