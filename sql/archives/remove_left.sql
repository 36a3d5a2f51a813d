-- Removes a batch of the messages of a session that are stored elsewhere, and returns their number.
-- not null: count
WITH session AS MATERIALIZED (
    SELECT s.id
    FROM memdb.sessions AS s
    WHERE s.org_id = :org_id::memdb.tenant
        AND s.id = :id::uuid
        AND s.status = 'deep_archived'
        AND s.moving = 'away'
    FOR NO KEY UPDATE
),
removed AS (
    DELETE FROM memdb.archived_messages AS m
    USING session AS s
    WHERE m.org_id = :org_id
        AND m.session_id = s.id
        AND m.position = ANY (ARRAY(
            SELECT x.position FROM memdb.archived_messages AS x
            WHERE x.org_id = :org_id AND x.session_id = :id
            ORDER BY x.position DESC
            LIMIT :limit::int
        ))
    RETURNING m.position
),
finished AS (
    UPDATE memdb.sessions AS s
    SET moving = NULL
    FROM session AS x
    WHERE s.org_id = :org_id
        AND s.id = x.id
        AND (SELECT count(*) FROM removed) < :limit
)
SELECT count(*) AS count
FROM removed AS r
