-- The live organization with a slug.
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
WHERE o.slug = :slug::text
    AND o.deleted_at IS NULL
