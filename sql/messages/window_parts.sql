-- The context window of a live session: its newest summary that is not stale, all its system and developer messages, and the newest other
-- messages that fit. Messages are sorted oldest first, but results directly after their calls. Messages with an unanswered call are left
-- out, and so are results whose call is. The first row has the summary, and exists even without messages. No row means that there is no
-- such session.
-- not null: edits, is_cut
WITH session AS MATERIALIZED (
    SELECT
        s.edits,
        s.last_position
    FROM memdb.sessions AS s
    WHERE s.org_id = :org_id::memdb.tenant
        AND s.id = :session_id::uuid
        AND s.deleted_at IS NULL
        AND memdb.not_archived(s.status)
),
summary AS MATERIALIZED (
    SELECT y.*
    FROM session AS s, memdb.session_summaries AS y
    WHERE y.org_id = :org_id
        AND y.session_id = :session_id
        AND (:strategy::text IS NULL OR y.strategy = :strategy)
        -- Uses the index on edits: few edits follow the summary, but it covers many messages.
        AND (
            SELECT e.edit FROM memdb.messages AS e
            WHERE e.org_id = :org_id
                AND e.session_id = y.session_id
                AND e.edit > y.edits
                AND (e.position BETWEEN y.first_position AND y.last_position) IS TRUE
            ORDER BY e.edit
            LIMIT 1
        ) IS NULL
    ORDER BY y.last_position DESC, y.id DESC
    LIMIT 1
),
system AS MATERIALIZED (
    SELECT
        m.position,
        m.tokens
    FROM session AS s, memdb.messages AS m
    WHERE m.org_id = :org_id
        AND m.session_id = :session_id
        AND m.role IN ('system', 'developer')
        AND m.deleted_at IS NULL
),
place AS MATERIALIZED (
    SELECT
        coalesce((SELECT y.last_position FROM summary AS y), 0) AS summarised,
        -- Never NULL, because under row-level security an index scan cannot use a condition with coalesce().
        coalesce(
            memdb.window_start(
                :org_id,
                :session_id,
                coalesce((SELECT y.last_position FROM summary AS y), 0),
                s.last_position,
                :rounds::int,
                :tokens::bigint - coalesce((SELECT sum(x.tokens) FROM system AS x), 0)::bigint - coalesce((SELECT y.tokens FROM summary AS y), 0),
                :limit::int
            ),
            2147483647
        ) AS start
    FROM session AS s
),
cut AS MATERIALIZED (
    SELECT (
        SELECT m.position FROM memdb.messages AS m
        WHERE m.org_id = :org_id
            AND m.session_id = :session_id
            AND m.position > (SELECT p.summarised FROM place AS p)
            AND m.position < (SELECT p.start FROM place AS p)
            AND m.role NOT IN ('system', 'developer')
            AND m.deleted_at IS NULL
        ORDER BY m.position
        LIMIT 1
    ) IS NOT NULL AS is_cut
),
shown AS MATERIALIZED (
    SELECT
        m.id,
        m.session_id,
        m.position,
        m.role,
        m.content,
        m.parts,
        m.name,
        m.tool_calls,
        m.calls,
        m.open_calls,
        m.tool_call_id,
        m.asked_position,
        m.tokens,
        m.model,
        m.metadata,
        m.embedded,
        m.version,
        m.sent_at,
        m.created_at,
        m.updated_at
    FROM memdb.messages AS m
    WHERE m.org_id = :org_id
        AND m.session_id = :session_id
        AND m.position >= (SELECT p.start FROM place AS p)
        AND m.position <= (SELECT s.last_position FROM session AS s)
        AND m.deleted_at IS NULL
    UNION ALL
    SELECT
        m.id,
        m.session_id,
        m.position,
        m.role,
        m.content,
        m.parts,
        m.name,
        m.tool_calls,
        m.calls,
        m.open_calls,
        m.tool_call_id,
        m.asked_position,
        m.tokens,
        m.model,
        m.metadata,
        m.embedded,
        m.version,
        m.sent_at,
        m.created_at,
        m.updated_at
    FROM memdb.messages AS m
    WHERE m.org_id = :org_id
        AND m.session_id = :session_id
        AND m.role IN ('system', 'developer')
        AND m.deleted_at IS NULL
        AND m.position < (SELECT p.start FROM place AS p)
),
whole AS MATERIALIZED (
    SELECT
        m.*,
        -- A result stands directly after its call, whatever was said while the tool ran.
        row_number() OVER (ORDER BY coalesce(m.asked_position, m.position), m.position) AS nth
    FROM shown AS m
    WHERE m.open_calls = '{}'
        AND CASE
            WHEN m.role = 'tool' THEN (
                m.asked_position IN (SELECT a.position FROM shown AS a WHERE a.tool_calls <> '[]' AND a.open_calls = '{}')
            ) IS TRUE
            ELSE true
        END
)
SELECT
    s.edits,
    c.is_cut,
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
    false AS stale,
    w.id,
    w.session_id,
    w.position,
    w.role,
    coalesce(w.parts::json, to_json(w.content)) AS content,
    w.name,
    coalesce(w.calls::json, w.tool_calls::json) AS tool_calls,
    w.open_calls,
    w.tool_call_id,
    w.asked_position,
    w.tokens,
    w.model,
    w.metadata,
    w.embedded,
    w.version,
    w.sent_at,
    w.created_at,
    w.updated_at
FROM session AS s
CROSS JOIN cut AS c
LEFT JOIN whole AS w ON true
LEFT JOIN summary AS y ON coalesce(w.nth, 1) = 1
ORDER BY w.nth
