-- Sessions of the organization, deleted or not.
SELECT s.id
FROM memdb.sessions AS s
WHERE s.org_id = :org_id::memdb.tenant
ORDER BY s.id
LIMIT :limit::int
