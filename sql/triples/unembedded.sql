-- The tenant's live triples without an embedding, oldest first, from a keyset cursor; work for a background embedder.
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
    AND NOT t.embedded
    AND (:after::uuid IS NULL OR t.id > :after)
    AND t.deleted_at IS NULL
ORDER BY t.id
LIMIT :limit::int
