-- Insights of the organization, deleted or not.
SELECT i.id
FROM memdb.insights AS i
WHERE i.org_id = :org_id::memdb.tenant
ORDER BY i.id
LIMIT :limit::int
