-- Moves a batch of an archived session's messages into the archive, newest first, with their embeddings, and returns their number. When
-- none is left, the session is no longer marked as moving. Rows are locked and read in their latest version; rows that a concurrent run has
-- moved are skipped.
-- not null: count
WITH session AS MATERIALIZED (
    SELECT s.id
    FROM memdb.sessions AS s
    WHERE s.org_id = :org_id::memdb.tenant
        AND s.id = :id::uuid
        AND s.moving = 'out'
    FOR NO KEY UPDATE
),
moving AS MATERIALIZED (
    SELECT m.*
    FROM session AS s, memdb.messages AS m
    WHERE m.org_id = :org_id
        AND m.session_id = :id
    ORDER BY m.position DESC
    LIMIT :limit::int
    FOR UPDATE OF m
),
archived AS (
    INSERT INTO memdb.archived_messages (
        org_id, id, session_id, created_at, updated_at, sent_at, deleted_at, position, version, tokens, asked_position, edit,
        embedded, role, open_calls, language, name, model, tool_call_id, content, tool_calls, metadata, parts, calls,
        spaces, embeddings
    )
    SELECT
        :org_id,
        m.id,
        m.session_id,
        m.created_at,
        m.updated_at,
        m.sent_at,
        m.deleted_at,
        m.position,
        m.version,
        m.tokens,
        m.asked_position,
        m.edit,
        m.embedded,
        m.role,
        m.open_calls,
        m.language,
        m.name,
        m.model,
        m.tool_call_id,
        m.content,
        m.tool_calls,
        m.metadata,
        m.parts,
        m.calls,
        ARRAY(
            SELECT e.space FROM memdb.message_embeddings AS e
            WHERE e.org_id = :org_id AND e.message_id = m.id AND e.embedding IS NOT NULL
            ORDER BY e.space
        ),
        ARRAY(
            SELECT e.embedding FROM memdb.message_embeddings AS e
            WHERE e.org_id = :org_id AND e.message_id = m.id AND e.embedding IS NOT NULL
            ORDER BY e.space
        )
    FROM moving AS m
),
removed AS (
    DELETE FROM memdb.messages AS m
    WHERE m.org_id = :org_id
        AND m.id = ANY (ARRAY(SELECT x.id FROM moving AS x))
    RETURNING m.id
),
finished AS (
    UPDATE memdb.sessions AS s
    SET moving = NULL
    FROM session AS x
    WHERE s.org_id = :org_id
        AND s.id = x.id
        AND (SELECT count(*) FROM moving) < :limit
)
SELECT count(*) AS count
FROM removed AS r
