-- Memories of the organization, deleted or not.
SELECT m.id
FROM memdb.memories AS m
WHERE m.org_id = :org_id::memdb.tenant
ORDER BY m.id
LIMIT :limit::int
