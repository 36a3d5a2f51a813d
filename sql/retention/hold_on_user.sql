-- The name of a hold that forbids to erase a user: on the organization, on the user, or on an agent that remembers something of the user.
SELECT min(h.name) AS name
FROM memdb.legal_holds AS h
WHERE h.org_id = :org_id::memdb.tenant
    AND h.released_at IS NULL
    AND (
        (h.user_id IS NULL AND h.agent_id IS NULL)
        OR h.user_id = :user_id::uuid
        OR EXISTS (
            SELECT FROM memdb.memories AS m
            WHERE m.org_id = :org_id
                AND m.user_id = :user_id
                AND m.agent_id = h.agent_id
        )
    )
