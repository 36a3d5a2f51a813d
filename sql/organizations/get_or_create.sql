-- The live organization with a slug, unchanged, or a new one.
-- not null: id, slug, name, tier, status, language, settings, version, created_at, updated_at
WITH found AS MATERIALIZED (
    SELECT o.*
    FROM memdb.organizations AS o
    WHERE o.slug = :slug::text
        AND o.deleted_at IS NULL
),
created AS (
    INSERT INTO memdb.organizations AS o (id, slug, name, tier, language, billing_email, settings)
    SELECT
        memdb.new_id(),
        :slug,
        :name::text,
        :tier::text,
        :language::text,
        :billing_email::text,
        coalesce(:settings::jsonb, '{}')
    WHERE NOT EXISTS (SELECT FROM found)
    RETURNING o.*
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        c.id,
        :actor::text,
        'organization.create',
        'organization',
        c.id::text,
        jsonb_build_object('slug', c.slug, 'tier', c.tier)
    FROM created AS c
)
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
FROM (
    SELECT f.* FROM found AS f
    UNION ALL
    SELECT c.* FROM created AS c
) AS o
