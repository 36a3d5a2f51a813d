-- Closes active sessions without activity since a time, longest idle first, and returns their ids. Skips sessions that are being written
-- to, because they are not idle, and those of agents that take no writes.
-- not null: id
WITH idle AS MATERIALIZED (
    SELECT s.id
    FROM memdb.sessions AS s
    WHERE s.org_id = :org_id::memdb.tenant
        AND (:agent_id::uuid IS NULL OR s.agent_id = :agent_id)
        AND s.status = 'active'
        AND s.deleted_at IS NULL
        AND s.active_at < :idle_since::timestamptz
        AND s.agent_id = ANY (ARRAY(
            SELECT a.id FROM memdb.agents AS a
            WHERE a.org_id = :org_id
                AND a.deleted_at IS NULL
                AND a.status NOT IN ('suspended', 'archived')
        ))
    ORDER BY s.active_at, s.id
    LIMIT :limit::int
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE memdb.sessions AS s
SET
    status = memdb.next_session_status(s.status, :status::text),
    closed_as = :status,
    closed_at = now(),
    updated_at = greatest(s.updated_at, now()),
    version = s.version + 1
FROM memdb.writable_organizations AS w
WHERE w.org_id = :org_id
    AND s.org_id = :org_id
    AND s.id = ANY (ARRAY(SELECT i.id FROM idle AS i))
RETURNING s.id
