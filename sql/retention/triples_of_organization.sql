-- Triples of the organization, its own and its users', deleted or not.
SELECT t.id
FROM memdb.triples AS t
WHERE t.org_id = :org_id::memdb.tenant
ORDER BY t.id
LIMIT :limit::int
