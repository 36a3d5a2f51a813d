-- Moves a batch of a session's messages out of the archive, oldest first, with their embeddings in the spaces that still exist, and in the
-- organization's current language. Returns their number.
-- not null: count
WITH session AS MATERIALIZED (
    SELECT s.id
    FROM memdb.sessions AS s
    WHERE s.org_id = :org_id::memdb.tenant
        AND s.id = :id::uuid
        AND s.moving = 'in'
    FOR NO KEY UPDATE
),
moving AS MATERIALIZED (
    SELECT m.*
    FROM session AS s, memdb.archived_messages AS m
    WHERE m.org_id = :org_id
        AND m.session_id = :id
    ORDER BY m.position
    LIMIT :limit::int
    FOR UPDATE OF m
),
returned AS (
    INSERT INTO memdb.messages (
        org_id, id, session_id, created_at, updated_at, sent_at, deleted_at, position, version, tokens, asked_position, edit,
        embedded, role, open_calls, language, name, model, tool_call_id, content, tool_calls, metadata, parts, calls
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
        (SELECT o.language FROM memdb.organizations AS o WHERE o.id = :org_id),
        m.name,
        m.model,
        m.tool_call_id,
        m.content,
        m.tool_calls,
        m.metadata,
        m.parts,
        m.calls
    FROM moving AS m
),
embeddings AS (
    INSERT INTO memdb.message_embeddings (org_id, message_id, session_id, space, embedding)
    SELECT
        :org_id,
        m.id,
        m.session_id,
        e.space,
        e.embedding
    FROM moving AS m, unnest(m.spaces, m.embeddings) AS e (space, embedding)
    WHERE e.space IN (SELECT x.space FROM memdb.embedding_spaces AS x)
),
removed AS (
    DELETE FROM memdb.archived_messages AS m
    WHERE m.org_id = :org_id
        AND m.session_id = :id
        AND m.position = ANY (ARRAY(SELECT x.position FROM moving AS x))
    RETURNING m.id
)
SELECT count(*) AS count
FROM removed AS r
