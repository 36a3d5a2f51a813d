-- Takes some exported messages of a session back into the archive; those that are there already stay. Returns how many came.
-- not null: count
WITH session AS MATERIALIZED (
    UPDATE memdb.sessions AS s
    SET moving = 'back'
    WHERE s.org_id = :org_id::memdb.tenant
        AND s.id = :id::uuid
        AND s.status = 'deep_archived'
        AND s.deleted_at IS NULL
    RETURNING s.id
),
loaded AS (
    INSERT INTO memdb.archived_messages
    SELECT m.*
    FROM session AS s,
        unnest(:rows::jsonb[]) AS g (row),
        jsonb_populate_record(NULL::memdb.archived_messages, g.row || jsonb_build_object('org_id', :org_id, 'session_id', s.id)) AS m
    ON CONFLICT (org_id, session_id, position) DO NOTHING
    RETURNING 1
)
SELECT count(*) AS count
FROM loaded AS l
