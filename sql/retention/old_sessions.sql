-- Live sessions without activity since a time that are under no hold, longest idle first.
SELECT s.id
FROM memdb.sessions AS s
WHERE s.org_id = :org_id::memdb.tenant
    AND s.active_at < least(:idle_since::timestamptz, now())
    AND s.deleted_at IS NULL
    AND (:agent_id::uuid IS NULL OR s.agent_id = :agent_id)
    AND memdb.must(:idle_since < now() + interval '1 minute', 'idle_since', 'must not be in the future')
    AND NOT EXISTS (
        SELECT FROM memdb.legal_holds AS h
        WHERE h.org_id = :org_id
            AND h.released_at IS NULL
            AND (h.user_id = s.user_id OR h.agent_id = s.agent_id)
    )
ORDER BY s.active_at, s.id
LIMIT :limit::int
