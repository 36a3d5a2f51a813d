-- The name of a hold that forbids to remove some observations.
SELECT min(h.name) AS name
FROM memdb.legal_holds AS h
WHERE h.org_id = :org_id::memdb.tenant
    AND h.released_at IS NULL
    AND (
        (h.user_id IS NULL AND h.agent_id IS NULL)
        OR EXISTS (
            SELECT FROM memdb.session_observations AS o
            WHERE o.org_id = :org_id
                AND o.id = ANY (:ids::uuid[])
                AND (o.user_id = h.user_id OR o.agent_id = h.agent_id)
        )
    )
