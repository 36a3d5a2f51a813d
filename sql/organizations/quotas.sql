-- The tenant's quotas and what remains of each.
-- not null: kind, quota, free
SELECT
    q.kind,
    q.quota,
    coalesce(
        (
            SELECT sum(s.free)
            FROM memdb.quota_slots AS s
            WHERE s.org_id = o.id
                AND s.kind = q.kind
                AND s.period = q.period
        ),
        q.quota
    )::bigint AS free
FROM memdb.organizations AS o,
    LATERAL (
        VALUES
        ('memories', '-infinity'::date, o.memory_quota),
        ('agents', '-infinity', o.agent_quota),
        ('monthly_tokens', date_trunc('month', now() AT TIME ZONE 'UTC')::date, o.monthly_token_quota)
    ) AS q (kind, period, quota)
WHERE o.id = :org_id::memdb.tenant
    AND q.quota IS NOT NULL
