-- Facts of the organization, deleted or not.
SELECT f.id
FROM memdb.facts AS f
WHERE f.org_id = :org_id::memdb.tenant
ORDER BY f.id
LIMIT :limit::int
