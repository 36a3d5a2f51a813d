-- How many transcripts a namespace has, or how many with a scope.
-- not null: count
SELECT count(*) AS count
FROM memdb.transcripts AS t
WHERE t.org_id = :org_id::memdb.tenant
    AND t.namespace = :namespace::text
    AND (:scope::text IS NULL OR t.scope = :scope)
