-- A user's triples, deleted or not.
SELECT t.id
FROM memdb.triples AS t
WHERE t.org_id = :org_id::memdb.tenant
    AND t.user_id = :user_id::uuid
LIMIT :limit::int
