-- The name of a hold that forbids to remove some clusters, insights or intentions.
SELECT min(h.name) AS name
FROM memdb.legal_holds AS h
WHERE h.org_id = :org_id::memdb.tenant
    AND h.released_at IS NULL
    AND (
        (h.user_id IS NULL AND h.agent_id IS NULL)
        OR EXISTS (
            SELECT FROM memdb.clusters AS c
            WHERE c.org_id = :org_id
                AND c.id = ANY (:ids::uuid[])
                AND c.agent_id = h.agent_id
        )
        OR EXISTS (
            SELECT FROM memdb.insights AS i
            WHERE i.org_id = :org_id
                AND i.id = ANY (:ids)
                AND (i.user_id = h.user_id OR i.agent_id = h.agent_id)
        )
        OR EXISTS (
            SELECT FROM memdb.intentions AS n
            WHERE n.org_id = :org_id
                AND n.id = ANY (:ids)
                AND (n.user_id = h.user_id OR n.agent_id = h.agent_id)
        )
    )
