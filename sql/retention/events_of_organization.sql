-- Events of the organization.
SELECT e.id
FROM memdb.events AS e
WHERE e.org_id = :org_id::memdb.tenant
ORDER BY e.id
LIMIT :limit::int
