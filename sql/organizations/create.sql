-- Creates an organization: the tenant of everything that is created for it.
WITH created AS (
    INSERT INTO memdb.organizations AS o (id, slug, name, tier, language, billing_email, settings)
    VALUES (
        coalesce(:id::uuid, memdb.new_id()),
        :slug::text,
        :name::text,
        :tier::text,
        :language::text,
        :billing_email::text,
        coalesce(:settings::jsonb, '{}')
    )
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
FROM created AS o
