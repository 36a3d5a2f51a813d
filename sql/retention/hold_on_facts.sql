-- The name of a hold that forbids to remove some facts.
SELECT min(h.name) AS name
FROM memdb.legal_holds AS h
WHERE h.org_id = :org_id::memdb.tenant
    AND h.released_at IS NULL
    AND (
        (h.user_id IS NULL AND h.agent_id IS NULL)
        OR EXISTS (
            SELECT FROM memdb.facts AS f
            WHERE f.org_id = :org_id
                AND f.id = ANY (:ids::uuid[])
                AND (f.user_id = h.user_id OR f.agent_id = h.agent_id)
        )
    )
