-- Observations of the organization, deleted or not.
SELECT o.id
FROM memdb.session_observations AS o
WHERE o.org_id = :org_id::memdb.tenant
ORDER BY o.id
LIMIT :limit::int
