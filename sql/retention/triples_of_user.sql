-- A user's triples, deleted or not.
SELECT t.id
FROM memdb.triples AS t
WHERE t.org_id = :org_id::memdb.tenant
    AND t.user_id = :user_id::uuid
-- In the order of their index.
ORDER BY t.subject_key, t.predicate_key, t.object_key
LIMIT :limit::int
