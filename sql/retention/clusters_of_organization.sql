-- Clusters of the organization, deleted or not.
SELECT c.id
FROM memdb.clusters AS c
WHERE c.org_id = :org_id::memdb.tenant
ORDER BY c.id
LIMIT :limit::int
