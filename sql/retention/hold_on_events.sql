-- The name of a hold that forbids to remove some events.
SELECT min(h.name) AS name
FROM memdb.legal_holds AS h
WHERE h.org_id = :org_id::memdb.tenant
    AND h.released_at IS NULL
    AND (
        (h.user_id IS NULL AND h.agent_id IS NULL)
        OR EXISTS (
            SELECT FROM memdb.events AS e
            LEFT JOIN memdb.sessions AS s ON s.org_id = e.org_id AND s.id = e.session_id
            WHERE e.org_id = :org_id
                AND e.id = ANY (:ids::uuid[])
                AND (e.user_id = h.user_id OR s.user_id = h.user_id OR e.agent_id = h.agent_id)
        )
    )
