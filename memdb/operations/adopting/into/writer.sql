-- Whether the organization and the agent take writes. No row means that there is no such organization or agent.
SELECT true AS writes
FROM memdb.writable_organizations AS w
WHERE w.org_id = :org_id::memdb.tenant
    AND (
        :agent_id::uuid IS NULL
        OR EXISTS (
            SELECT FROM memdb.writers AS a
            WHERE a.org_id = :org_id
                AND a.id = :agent_id
                AND memdb.takes_writes(a, :agent_id)
        )
    )
