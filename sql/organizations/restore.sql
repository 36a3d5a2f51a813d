-- Restores a deleted organization.
WITH restored AS (
    UPDATE memdb.organizations AS o
    SET
        deleted_at = NULL,
        updated_at = greatest(o.updated_at, now()),
        version = memdb.next_version(o.version, :expected_version::int)
    WHERE o.id = :org_id::memdb.tenant
        AND o.deleted_at IS NOT NULL
        AND memdb.must(
            NOT EXISTS (
                SELECT FROM memdb.erasures AS e
                WHERE e.org_id = :org_id
                    AND e.user_id IS NULL
                    AND e.finished_at IS NULL
            ),
            'organization', 'must not be one whose erasure has begun'
        )
    RETURNING o.*
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'organization.restore',
        'organization',
        r.id::text,
        jsonb_strip_nulls(jsonb_build_object('reason', :reason::text))
    FROM restored AS r
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
FROM restored AS o
