-- Changes the given fields of the live organization. NULL leaves a field unchanged, unless :cleared names it.
WITH updated AS (
    UPDATE memdb.organizations AS o
    SET
        slug = coalesce(:slug::text, o.slug),
        name = coalesce(:name::text, o.name),
        tier = coalesce(:tier::text, o.tier),
        status = coalesce(:status::text, o.status),
        language = coalesce(:language::text, o.language),
        billing_email = coalesce(:billing_email::text, CASE WHEN 'billing_email' <> ALL (:cleared::text[]) THEN o.billing_email END),
        settings = coalesce(:settings::jsonb, o.settings),
        updated_at = greatest(o.updated_at, now()),
        version = memdb.next_version(o.version, :expected_version::int)
    WHERE o.id = :org_id::memdb.tenant
        AND o.deleted_at IS NULL
    RETURNING o.*
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'organization.update',
        'organization',
        u.id::text,
        jsonb_strip_nulls(
            jsonb_build_object(
                'slug', :slug, 'name', :name, 'tier', :tier, 'status', :status, 'language', :language,
                'cleared', nullif(to_jsonb(:cleared), '[]'), 'reason', :reason::text
            )
        )
    FROM updated AS u
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
FROM updated AS o
