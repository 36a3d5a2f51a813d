-- Soft-deletes one live message and returns its new version. If it is a tool's result, its call becomes open again.
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
        SELECT
            m.position,
            m.tokens,
            m.content,
            m.role,
            m.tool_call_id,
            m.asked_position
        FROM memdb.messages AS m
        WHERE m.org_id = :org_id
            AND m.id = :id
            AND m.session_id = s.id
            AND m.deleted_at IS NULL
        FOR NO KEY UPDATE
    ) AS t
),
deleted AS (
    UPDATE memdb.messages AS m
    SET
        deleted_at = now(),
        edit = s.edits + 1,
        updated_at = greatest(m.updated_at, now()),
        version = memdb.next_version(m.version, :expected_version::int)
    FROM session AS s, target AS t, memdb.writable_organizations AS w
    WHERE m.org_id = :org_id
        AND m.id = :id
        AND m.session_id = s.id
        AND m.position = t.position
        AND m.deleted_at IS NULL
        AND w.org_id = :org_id
    RETURNING
        m.session_id,
        m.version
),
counted AS (
    UPDATE memdb.sessions AS s
    SET
        edits = s.edits + 1,
        messages = s.messages - 1,
        rounds = s.rounds - (t.role = 'user')::int,
        tokens = s.tokens - t.tokens
    FROM deleted AS d, target AS t
    WHERE s.org_id = :org_id
        AND s.id = d.session_id
),
reopened AS (
    -- Also if the call is deleted, because it may be restored.
    UPDATE memdb.messages AS m
    SET open_calls = m.open_calls || t.tool_call_id
    FROM deleted AS d, target AS t
    WHERE m.org_id = :org_id
        AND m.session_id = d.session_id
        AND m.position = t.asked_position
)
SELECT d.version
FROM deleted AS d
-- Evaluated in any case, so that an archived session raises its error.
WHERE (SELECT count(*) FROM session AS s) = 1
