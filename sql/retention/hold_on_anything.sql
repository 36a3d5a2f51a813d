-- The name of any hold in force: each of them forbids erasing the organization.
SELECT min(h.name COLLATE "C") AS name
FROM memdb.legal_holds AS h
WHERE h.org_id = :org_id::memdb.tenant
    AND h.released_at IS NULL
