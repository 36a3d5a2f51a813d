-- Marks a session as archived if it has been idle since a time, or finds it already marked. Waits for concurrent writers of the session.
-- not null: begun
WITH session AS MATERIALIZED (
    SELECT s.id
    FROM memdb.sessions AS s
    WHERE s.org_id = :org_id::memdb.tenant
        AND s.id = :id::uuid
        AND (s.moving = 'out' OR (s.archived_at IS NULL AND s.active_at < :idle_since::timestamptz AND s.deleted_at IS NULL))
    FOR UPDATE
),
marked AS (
    UPDATE memdb.sessions AS s
    SET
        status = memdb.next_session_status(s.status, 'cold_archived'),
        archived_at = now(),
        moving = 'out',
        seal = gen_random_uuid(),
        updated_at = greatest(s.updated_at, now()),
        version = s.version + 1
    FROM session AS x
    WHERE s.org_id = :org_id
        AND s.id = x.id
        AND s.archived_at IS NULL
)
SELECT EXISTS (SELECT FROM session) AS begun
