-- The number of live triples of a user, or of the tenant, that have the given parts.
-- not null: count
SELECT count(*) AS count
FROM memdb.triples AS t
WHERE t.org_id = :org_id::memdb.tenant
    -- A subquery, because coalesce() is not leakproof: under row-level security it would rule out the index.
    AND t.owner_id = (SELECT coalesce(:user_id::uuid, :org_id))
    AND (:subject::text IS NULL OR t.subject_key = (SELECT memdb.triple_key(:subject)))
    AND (:predicate::text IS NULL OR t.predicate_key = (SELECT memdb.triple_key(:predicate)))
    AND (:object::text IS NULL OR t.object_key = (SELECT memdb.triple_key(:object)))
    AND t.deleted_at IS NULL
