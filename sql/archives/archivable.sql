-- The sessions to archive: first those whose archiving was interrupted, then the longest idle.
-- not null: id
(
    SELECT s.id
    FROM memdb.sessions AS s
    WHERE s.org_id = :org_id::memdb.tenant
        AND s.moving = 'out'
        AND (:agent_id::uuid IS NULL OR s.agent_id = :agent_id)
    ORDER BY s.id
    LIMIT :limit::int
)
UNION ALL
(
    SELECT s.id
    FROM memdb.sessions AS s
    WHERE s.org_id = :org_id
        AND s.active_at < :idle_since::timestamptz
        AND s.archived_at IS NULL
        AND s.deleted_at IS NULL
        AND (:agent_id IS NULL OR s.agent_id = :agent_id)
    ORDER BY s.active_at, s.id
    LIMIT :limit
)
LIMIT :limit
