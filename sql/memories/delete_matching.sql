-- Soft-deletes the live memories that pass all the filters, and counts them.
-- not null: count
WITH deleted AS (
    UPDATE memdb.memories AS m
    SET
        deleted_at = now(),
        updated_at = now(),
        version = m.version + 1
    WHERE m.org_id = :org_id::memdb.tenant
        AND (:agent_id::uuid IS NULL OR m.agent_id = :agent_id)
        AND (:user_id::uuid IS NULL OR m.user_id = :user_id)
        AND (:session_id::uuid IS NULL OR m.session_id = :session_id)
        AND (:category::text IS NULL OR m.category = :category)
        AND (:status::text IS NULL OR m.status = :status)
        AND (:since::timestamptz IS NULL OR m.created_at >= :since)
        AND (:until::timestamptz IS NULL OR m.created_at < :until)
        AND (
            :tag::text IS NULL
            OR EXISTS (SELECT FROM memdb.memory_tags AS t WHERE t.org_id = m.org_id AND t.memory_id = m.id AND t.tag = :tag)
        )
        AND m.deleted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > now())
    RETURNING
        m.*,
        ARRAY(
            SELECT t.tag
            FROM memdb.memory_tags AS t
            WHERE t.org_id = m.org_id AND t.memory_id = m.id
            ORDER BY t.tag
        ) AS tags
),
recorded AS (
    INSERT INTO memdb.memory_versions (
        org_id, memory_id, version, operation, reason, content, category, status, confidence, tags, metadata, expires_at, deleted_at
    )
    SELECT
        c.org_id, c.id, c.version, 'delete', :reason::text, c.content, c.category, c.status, c.confidence, c.tags, c.metadata, c.expires_at,
        c.deleted_at
    FROM deleted AS c
)
SELECT count(*) AS count
FROM deleted
