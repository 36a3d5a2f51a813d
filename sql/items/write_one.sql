-- Puts an item without parts. No row means that there is no such organization or agent.
-- not null: created_at, updated_at
SELECT
    p.created_at,
    p.updated_at,
    p.expires_at
FROM (
    SELECT w.org_id
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
    OFFSET 0
) AS w
-- Takes the organization from the subquery, so that nothing is put before it has been found.
CROSS JOIN LATERAL memdb.put_item(
    w.org_id,
    :agent_id,
    :user_id::uuid,
    :namespace::text[],
    :key::text,
    coalesce(:value::jsonb -> 'value', 'null'),
    :letters::text,
    :time_to_live::interval
) AS p
