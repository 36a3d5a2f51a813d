-- One summary of a live session by id.
-- not null: stale
SELECT
    y.id,
    y.session_id,
    y.strategy,
    y.strategy_version,
    y.model,
    y.content,
    y.structured,
    y.first_position,
    y.last_position,
    y.edits,
    y.tokens,
    y.created_at,
    -- Uses the index on edits: few edits follow the summary, but it covers many messages.
    EXISTS (
        SELECT FROM memdb.kept_messages AS m
        WHERE m.org_id = :org_id::memdb.tenant
            AND m.session_id = y.session_id
            AND m.edit > y.edits
            AND (m.position BETWEEN y.first_position AND y.last_position) IS TRUE
    ) AS stale
FROM memdb.session_summaries AS y
WHERE y.org_id = :org_id
    AND y.id = :id::uuid
    -- Not EXISTS, which might make the planner read all of the tenant's live sessions.
    AND (SELECT s.deleted_at IS NULL FROM memdb.sessions AS s WHERE s.org_id = :org_id AND s.id = y.session_id)
