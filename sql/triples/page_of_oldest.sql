-- The live triples of a user, or of the tenant, or of both, oldest first, from a keyset cursor.
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
FROM unnest(
    ARRAY[coalesce(:user_id::uuid, :org_id::memdb.tenant), CASE WHEN :with_tenant::boolean AND :user_id IS NOT NULL THEN :org_id END]
) AS owner (id)
CROSS JOIN LATERAL (
    SELECT t.*
    FROM memdb.triples AS t
    WHERE t.org_id = :org_id
        AND t.owner_id = owner.id
        AND (:after::uuid IS NULL OR t.id > :after)
        AND t.deleted_at IS NULL
    ORDER BY t.id
    LIMIT :limit::int
) AS t
ORDER BY t.id
LIMIT :limit
