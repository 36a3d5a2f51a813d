-- The name of a hold on the whole organization.
SELECT min(h.name COLLATE "C") AS name
FROM memdb.legal_holds AS h
WHERE h.org_id = :org_id::memdb.tenant
    AND h.released_at IS NULL
    AND h.user_id IS NULL
    AND h.agent_id IS NULL
