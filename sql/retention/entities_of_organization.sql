-- Entities of the organization, deleted or not; those that were merged into others first.
SELECT e.id
FROM memdb.entities AS e
WHERE e.org_id = :org_id::memdb.tenant
ORDER BY e.merged_into IS NULL, e.id
LIMIT :limit::int
