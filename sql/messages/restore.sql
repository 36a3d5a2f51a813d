-- Restores one deleted message at its place. A restored result answers its call again; a restored call gets back the results that exist.
-- not null: content, tool_calls
WITH session AS MATERIALIZED (
    -- Locks the session before its messages, as appending does.
    SELECT
        s.id,
        s.agent_id,
        s.edits
    FROM memdb.sessions AS s
    WHERE s.org_id = :org_id::memdb.tenant
        AND s.id = (SELECT m.session_id FROM memdb.kept_messages AS m WHERE m.org_id = :org_id AND m.id = :id::uuid)
        AND s.deleted_at IS NULL
        AND memdb.not_archived(s.status)
    FOR NO KEY UPDATE
),
target AS MATERIALIZED (
    SELECT t.*
    FROM session AS s
    -- Runs after the session is locked, whatever the plan: a subquery with a locking clause is not pulled up.
    CROSS JOIN LATERAL (
        SELECT m.position
        FROM memdb.messages AS m
        WHERE m.org_id = :org_id
            AND m.id = :id
            AND m.session_id = s.id
            AND m.deleted_at IS NOT NULL
        FOR NO KEY UPDATE
    ) AS t
),
restored AS (
    UPDATE memdb.messages AS m
    SET
        deleted_at = NULL,
        edit = s.edits + 1,
        updated_at = greatest(m.updated_at, now()),
        version = memdb.next_version(m.version, :expected_version::int)
    FROM session AS s, target AS t, memdb.writers AS w
    WHERE m.org_id = :org_id
        AND m.id = :id
        AND m.session_id = s.id
        AND m.position = t.position
        AND m.deleted_at IS NOT NULL
        AND w.org_id = :org_id
        AND w.id = s.agent_id
        AND memdb.takes_writes(w, s.agent_id)
    RETURNING m.*
),
counted AS (
    UPDATE memdb.sessions AS s
    SET
        edits = s.edits + 1,
        messages = s.messages + 1,
        rounds = s.rounds + (r.role = 'user')::int,
        tokens = s.tokens + r.tokens
    FROM restored AS r
    WHERE s.org_id = :org_id
        AND s.id = r.session_id
),
answered AS (
    UPDATE memdb.messages AS m
    SET open_calls = array_remove(m.open_calls, r.tool_call_id)
    FROM restored AS r
    WHERE m.org_id = :org_id
        AND m.session_id = r.session_id
        AND m.position = r.asked_position
        -- A call that a concurrent writer has answered is no longer open.
        AND r.tool_call_id = ANY (m.open_calls)
    RETURNING m.id
)
SELECT
    m.id,
    m.session_id,
    m.position,
    m.role,
    coalesce(m.parts::json, to_json(m.content)) AS content,
    m.name,
    coalesce(m.calls::json, m.tool_calls::json) AS tool_calls,
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
FROM restored AS m
-- Evaluated in any case, so that an archived session raises its error.
WHERE (SELECT count(*) FROM session AS s) = 1
    AND memdb.must(
        m.asked_position IS NULL
        OR (SELECT count(*) FROM answered AS a) = 1
        -- The call has been purged.
        OR NOT EXISTS (
            SELECT FROM memdb.messages AS c
            WHERE c.org_id = :org_id
                AND c.session_id = m.session_id
                AND c.position = m.asked_position
        ),
        'id', 'must not be that of a result whose call has another by now'
    )
