-- The live triples of a user, or of the tenant, with a predicate, newest first, from a keyset cursor.
SELECT
    t.id,
    t.user_id,
    t.subject,
    t.predicate,
    t.object,
    t.confidence,
    t.source,
    t.metadata,
    t.embedded,
    t.version,
    t.created_at,
    t.updated_at
FROM memdb.triples AS t
WHERE t.org_id = :org_id::memdb.tenant
    -- A subquery, because coalesce() is not leakproof: under row-level security it would rule out the index.
    AND t.owner_id = (SELECT coalesce(:user_id::uuid, :org_id))
    AND t.predicate_key = memdb.triple_key(:predicate::text)
    AND t.deleted_at IS NULL
    AND (:before::uuid IS NULL OR t.id < :before)
ORDER BY t.id DESC
LIMIT :limit::int
