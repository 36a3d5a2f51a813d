-- The summary of a live session that reaches furthest among those that are not stale.
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
    false AS stale
FROM memdb.session_summaries AS y
WHERE y.org_id = :org_id::memdb.tenant
    AND y.session_id = :session_id::uuid
    AND (:strategy::text IS NULL OR y.strategy = :strategy)
    -- Uses the index on edits: few edits follow the summary, but it covers many messages.
    AND (
        SELECT m.edit FROM memdb.kept_messages AS m
        WHERE m.org_id = :org_id
            AND m.session_id = y.session_id
            AND m.edit > y.edits
            AND (m.position BETWEEN y.first_position AND y.last_position) IS TRUE
        ORDER BY m.edit
        LIMIT 1
    ) IS NULL
    -- Not EXISTS, which might make the planner read all of the tenant's live sessions.
    AND (SELECT s.deleted_at IS NULL FROM memdb.sessions AS s WHERE s.org_id = :org_id AND s.id = :session_id)
ORDER BY y.last_position DESC, y.id DESC
LIMIT 1
