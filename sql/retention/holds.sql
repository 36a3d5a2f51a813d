-- The tenant's legal holds, newest first.
SELECT
    h.id,
    h.name,
    h.user_id,
    h.agent_id,
    h.reason,
    h.placed_by,
    h.placed_at,
    h.released_by,
    h.released_at,
    h.release_reason
FROM memdb.legal_holds AS h
WHERE h.org_id = :org_id::memdb.tenant
    AND (:ended::boolean OR h.released_at IS NULL)
ORDER BY h.id DESC
LIMIT 1000
