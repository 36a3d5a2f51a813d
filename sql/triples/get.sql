-- One live triple.
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
    AND t.id = :id::uuid
    AND t.deleted_at IS NULL
