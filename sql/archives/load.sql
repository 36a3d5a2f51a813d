-- Loads a batch of a session's exported messages back into the archive, and returns their number. Existing messages stay. No row means that
-- there is no such session, or that it is not deep-archived.
-- not null: count
WITH session AS MATERIALIZED (
    UPDATE memdb.sessions AS s
    SET moving = 'back'
    WHERE s.org_id = :org_id::memdb.tenant
        AND s.id = :id::uuid
        AND s.status = 'deep_archived'
        AND s.deleted_at IS NULL
    RETURNING
        s.id,
        s.seal
),
loaded AS (
    INSERT INTO memdb.archived_messages
    SELECT m.*
    FROM session AS s,
        unnest(:rows::jsonb[]) AS g (row),
        jsonb_populate_record(
            NULL::memdb.archived_messages,
            g.row || jsonb_build_object(
                'org_id', :org_id,
                'session_id', s.id,
                'tool_calls', (g.row ->> 'tool_calls')::jsonb,
                'metadata', (g.row ->> 'metadata')::jsonb
            )
        ) AS m
    -- An export that has passed through an older schema has no seal.
    WHERE memdb.must(
        s.seal IS NULL OR coalesce(g.row ->> 'seal' = memdb.seal_of(m, s.seal), false),
        'rows', 'must be messages of this session as they were exported last'
    )
    ON CONFLICT (org_id, session_id, position) DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM loaded AS l) AS count
FROM session AS s
