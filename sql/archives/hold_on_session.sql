-- The name of a hold that forbids removing a session's contents.
SELECT min(h.name COLLATE "C") AS name
FROM memdb.legal_holds AS h
WHERE h.org_id = :org_id::memdb.tenant
    AND h.released_at IS NULL
    AND (
        (h.user_id IS NULL AND h.agent_id IS NULL)
        OR EXISTS (
            SELECT FROM memdb.sessions AS s
            WHERE s.org_id = :org_id
                AND s.id = :id::uuid
                AND (s.user_id = h.user_id OR s.agent_id = h.agent_id)
        )
    )
