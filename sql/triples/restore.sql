-- Restores one deleted triple.
WITH restored AS (
    UPDATE memdb.triples AS t
    SET
        deleted_at = NULL,
        updated_at = greatest(t.updated_at, now()),
        version = memdb.next_version(t.version, :expected_version::int)
    FROM memdb.writable_organizations AS w
    WHERE t.org_id = :org_id::memdb.tenant
        AND t.id = :id::uuid
        AND t.deleted_at IS NOT NULL
        AND w.org_id = :org_id
    RETURNING t.*
)
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
FROM restored AS t
