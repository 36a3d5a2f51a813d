-- Events that happened before a time and whose agent, user and session's user are under no hold; the oldest of each agent first.
SELECT e.id
FROM memdb.agents AS a, LATERAL (
    SELECT o.id
    FROM memdb.events AS o
    LEFT JOIN memdb.sessions AS s ON s.org_id = o.org_id AND s.id = o.session_id
    WHERE o.org_id = :org_id::memdb.tenant
        AND o.agent_id = a.id
        AND o.occurred_at < least(:occurred_before::timestamptz, now())
        AND NOT EXISTS (
            SELECT FROM memdb.legal_holds AS h
            WHERE h.org_id = :org_id
                AND h.released_at IS NULL
                AND (h.user_id = o.user_id OR h.user_id = s.user_id)
        )
    ORDER BY o.occurred_at, o.id
    LIMIT :limit::int
) AS e
WHERE a.org_id = :org_id
    AND (:agent_id::uuid IS NULL OR a.id = :agent_id)
    AND memdb.must(:occurred_before < now() + interval '1 minute', 'occurred_before', 'must not be in the future')
    AND NOT EXISTS (
        SELECT FROM memdb.legal_holds AS h
        WHERE h.org_id = :org_id
            AND h.released_at IS NULL
            AND h.agent_id = a.id
    )
LIMIT :limit
