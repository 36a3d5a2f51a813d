-- Returns to a quota what removed rows that were not deleted had taken from it, if there is such a quota.
-- not null: settled
SELECT
    memdb.take_quota(
        o.id,
        :kind::text,
        '-infinity',
        CASE :kind
            WHEN 'memories' THEN o.memory_quota
            WHEN 'agents' THEN o.agent_quota
        END,
        -:count::bigint
    ) AS settled
FROM memdb.organizations AS o
WHERE o.id = :org_id::memdb.tenant
