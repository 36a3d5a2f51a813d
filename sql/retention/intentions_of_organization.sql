-- Intentions of the organization, deleted or not.
SELECT n.id
FROM memdb.intentions AS n
WHERE n.org_id = :org_id::memdb.tenant
ORDER BY n.id
LIMIT :limit::int
