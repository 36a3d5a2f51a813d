-- The name of a hold that forbids to remove some memories.
SELECT min(h.name) AS name
FROM memdb.legal_holds AS h
WHERE h.org_id = :org_id::memdb.tenant
    AND h.released_at IS NULL
    AND (
        (h.user_id IS NULL AND h.agent_id IS NULL)
        OR EXISTS (
            SELECT FROM memdb.memories AS m
            WHERE m.org_id = :org_id
                AND m.id = ANY (:ids::uuid[])
                AND (m.user_id = h.user_id OR m.agent_id = h.agent_id)
        )
    )
