-- The live organizations, or the deleted ones, newest first, from a keyset cursor.
SELECT
    o.id,
    o.slug,
    o.name,
    o.tier,
    o.status,
    o.language,
    o.billing_email,
    o.settings,
    o.memory_quota,
    o.agent_quota,
    o.monthly_token_quota,
    o.version,
    o.created_at,
    o.updated_at
FROM memdb.organizations AS o
WHERE (o.deleted_at IS NOT NULL) = :deleted::bool
    AND (:status::text IS NULL OR o.status = :status)
    AND (:before::uuid IS NULL OR o.id < :before)
ORDER BY o.id DESC
LIMIT :limit::int
