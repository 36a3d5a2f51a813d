-- Changes the given fields of one live message. NULL leaves a field unchanged, unless :cleared names it; the parts are replaced together
-- with the content. Changing the content without giving a new embedding outdates the old one. It also outdates every summary that covers
-- the message.
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
        SELECT
            m.position,
            m.tokens,
            :content::text IS NOT NULL AND (m.content <> :content OR m.parts IS DISTINCT FROM :parts::text) AS is_other
        FROM memdb.messages AS m
        WHERE m.org_id = :org_id
            AND m.id = :id
            AND m.session_id = s.id
            AND m.deleted_at IS NULL
        FOR NO KEY UPDATE
    ) AS t
),
updated AS (
    UPDATE memdb.messages AS m
    SET
        content = coalesce(:content, m.content),
        parts = CASE WHEN :content IS NULL THEN m.parts ELSE :parts END,
        name = coalesce(:name::text, CASE WHEN 'name' <> ALL (:cleared::text[]) THEN m.name END),
        model = coalesce(:model::text, CASE WHEN 'model' <> ALL (:cleared) THEN m.model END),
        metadata = coalesce(:metadata::jsonb, m.metadata),
        tokens = coalesce(
            :tokens::int,
            CASE WHEN t.is_other THEN memdb.estimated_tokens(:content, coalesce(m.calls, m.tool_calls::text), :parts) END,
            m.tokens
        ),
        edit = CASE WHEN t.is_other THEN s.edits + 1 ELSE m.edit END,
        embedded = :embedding::halfvec IS NOT NULL OR (m.embedded AND NOT (t.is_other OR 'embedding' = ANY (:cleared))),
        updated_at = greatest(m.updated_at, now()),
        version = memdb.next_version(m.version, :expected_version::int)
    FROM session AS s, target AS t, memdb.writers AS w
    WHERE m.org_id = :org_id
        AND m.id = :id
        AND m.session_id = s.id
        AND m.position = t.position
        AND m.deleted_at IS NULL
        AND w.org_id = :org_id
        AND w.id = s.agent_id
        AND memdb.takes_writes(w, s.agent_id)
    RETURNING m.*
),
counted AS (
    UPDATE memdb.sessions AS s
    SET
        edits = s.edits + t.is_other::int,
        tokens = s.tokens + u.tokens - t.tokens
    FROM updated AS u, target AS t
    WHERE s.org_id = :org_id
        AND s.id = u.session_id
),
embedding AS (
    -- The old embeddings are outdated in every space. An embedder may have stored one after this statement took its snapshot.
    INSERT INTO memdb.message_embeddings (org_id, message_id, session_id, space, embedding)
    SELECT
        u.org_id,
        u.id,
        u.session_id,
        e.space,
        CASE WHEN e.space = :space::smallint THEN :embedding END
    FROM updated AS u, target AS t, memdb.embedding_spaces AS e
    WHERE t.is_other
        OR 'embedding' = ANY (:cleared)
        OR (e.space = :space AND :embedding IS NOT NULL)
    ON CONFLICT (org_id, message_id, space) DO UPDATE SET embedding = excluded.embedding
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
FROM updated AS m
-- Evaluated in any case, so that an archived session raises its error.
WHERE (SELECT count(*) FROM session AS s) = 1
