-- The name of a hold that forbids to erase a user: on the organization, on the user, or on an agent that remembers something
-- of the user or has spoken with the user.
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
        OR EXISTS (
            SELECT FROM memdb.sessions AS s
            WHERE s.org_id = :org_id
                AND s.user_id = :user_id
                AND s.agent_id = h.agent_id
        )
        OR EXISTS (
            SELECT FROM memdb.session_observations AS o
            WHERE o.org_id = :org_id
                AND o.user_id = :user_id
                AND o.agent_id = h.agent_id
        )
        OR EXISTS (
            SELECT FROM memdb.events AS e
            WHERE e.org_id = :org_id
                AND e.user_id = :user_id
                AND e.agent_id = h.agent_id
        )
        OR EXISTS (
            SELECT FROM memdb.insights AS i
            WHERE i.org_id = :org_id
                AND i.user_id = :user_id
                AND i.agent_id = h.agent_id
        )
        OR EXISTS (
            SELECT FROM memdb.intentions AS n
            WHERE n.org_id = :org_id
                AND n.user_id = :user_id
                AND n.agent_id = h.agent_id
        )
        OR EXISTS (
            SELECT FROM memdb.facts AS f
            WHERE f.org_id = :org_id
                AND f.user_id = :user_id
                AND f.agent_id = h.agent_id
        )
    )
