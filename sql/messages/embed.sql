-- Stores the embedding of the content that was read at a version. Returns false if the message has changed or disappeared since.
-- not null: stored
WITH target AS MATERIALIZED (
    SELECT
        m.id,
        m.session_id
    FROM memdb.messages AS m
    JOIN memdb.sessions AS s ON s.org_id = m.org_id AND s.id = m.session_id
    JOIN memdb.writers AS w ON w.org_id = s.org_id AND w.id = s.agent_id
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.id = :id::uuid
        AND m.version = :version::int
        AND m.deleted_at IS NULL
        AND s.deleted_at IS NULL
        AND s.archived_at IS NULL
        AND memdb.takes_writes(w, s.agent_id)
    -- Locks the session too, and first, like the statements that archive or remove it, so that neither happens meanwhile.
    FOR KEY SHARE OF s
    FOR NO KEY UPDATE OF m
),
updated AS (
    UPDATE memdb.messages AS m
    SET embedded = true
    FROM target AS t
    WHERE m.org_id = :org_id
        AND m.id = t.id
        AND NOT m.embedded
),
embedding AS (
    INSERT INTO memdb.message_embeddings (org_id, message_id, session_id, space, embedding)
    SELECT
        :org_id,
        t.id,
        t.session_id,
        :space::smallint,
        :embedding::halfvec
    FROM target AS t
    ON CONFLICT (org_id, message_id, space) DO UPDATE SET embedding = excluded.embedding
)
SELECT EXISTS (SELECT FROM target AS t) AS stored
