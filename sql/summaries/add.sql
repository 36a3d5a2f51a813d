-- Adds a summary to a session that is not archived. The session's row is locked, so that no message changes between the check of its edits
-- and the commit.
-- not null: stale
WITH session AS MATERIALIZED (
    SELECT
        s.id,
        s.edits
    FROM memdb.sessions AS s
    JOIN memdb.writers AS w ON w.org_id = s.org_id AND w.id = s.agent_id
    WHERE s.org_id = :org_id::memdb.tenant
        AND s.id = :session_id::uuid
        AND s.deleted_at IS NULL
        AND memdb.takes_writes(w, s.agent_id)
        AND memdb.not_archived(s.status)
        AND memdb.must(:last_position::int <= s.last_position, 'last_position', 'must not be beyond the last message of the session')
        AND memdb.must(coalesce(:edits::int, 0) <= s.edits, 'edits', 'must not be more than the session has')
    FOR NO KEY UPDATE OF s
),
inserted AS (
    INSERT INTO memdb.session_summaries AS y (
        org_id, id, session_id, strategy, strategy_version, model, content, structured, first_position, last_position, edits, tokens
    )
    SELECT
        :org_id,
        coalesce(:id::uuid, memdb.new_id()),
        s.id,
        :strategy::text,
        :strategy_version::text,
        :model::text,
        :content::text,
        coalesce(:structured::jsonb, '{}'),
        :first_position::int,
        :last_position,
        coalesce(:edits, s.edits),
        coalesce(:tokens::int, memdb.estimated_tokens(coalesce(:content, ''), coalesce(:structured, '[]')))
    FROM session AS s
    RETURNING y.*
)
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
    memdb.changed_since(:org_id, y.session_id, y.edits, y.first_position, y.last_position) AS stale
FROM inserted AS y
