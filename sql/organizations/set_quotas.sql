-- Sets all three quotas, and counts what is in use. NULL means no quota. Waits for writers that are taking from them.
WITH updated AS (
    UPDATE memdb.organizations AS o
    SET
        memory_quota = :memories::bigint,
        agent_quota = :agents::bigint,
        monthly_token_quota = :monthly_tokens::bigint,
        updated_at = greatest(o.updated_at, now()),
        version = o.version + 1
    WHERE o.id = :org_id::memdb.tenant
        AND o.deleted_at IS NULL
    RETURNING o.*
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'organization.set_quotas',
        'organization',
        u.id::text,
        jsonb_build_object('memories', :memories, 'agents', :agents, 'monthly_tokens', :monthly_tokens)
    FROM updated AS u
),
counted AS MATERIALIZED (
    SELECT
        memdb.recount_quota(u.id, 'memories', '-infinity', u.memory_quota),
        memdb.recount_quota(u.id, 'agents', '-infinity', u.agent_quota),
        memdb.recount_quota(u.id, 'monthly_tokens', date_trunc('month', now() AT TIME ZONE 'UTC')::date, u.monthly_token_quota)
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
FROM updated AS o, (SELECT count(*) FROM counted) AS recounted
