-- Soft-deletes the live memories that pass all the filters, and returns their number.
-- not null: count
WITH matching AS MATERIALIZED (
    -- Locked in the order of the ids, so that two concurrent runs cannot deadlock.
    SELECT m.id
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id::memdb.tenant
        AND (:agent_id::uuid IS NULL OR m.agent_id = :agent_id)
        AND (:user_id::uuid IS NULL OR m.user_id = :user_id)
        AND (:session_id::uuid IS NULL OR m.session_id = :session_id)
        AND (:category::text IS NULL OR m.category = :category OR m.labels ? :category)
        AND (:status::text IS NULL OR m.status = :status)
        AND (:since::timestamptz IS NULL OR m.created_at >= :since)
        AND (:until::timestamptz IS NULL OR m.created_at < :until)
        AND (:tags::text[] IS NULL OR m.tags @> :tags)
        AND (:metadata::jsonb IS NULL OR m.metadata @> :metadata)
        AND m.deleted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > now())
        AND memdb.contains(m.content, :contains::text)
    ORDER BY m.id
    FOR NO KEY UPDATE
),
deleted AS (
    UPDATE memdb.memories AS m
    SET
        deleted_at = now(),
        updated_at = greatest(m.updated_at, now()),
        version = m.version + 1
    FROM matching, memdb.writable_organizations AS w
    WHERE m.org_id = :org_id
        AND m.id = matching.id
        AND w.org_id = :org_id
    RETURNING
        m AS memory,
        w.memory_quota
),
recorded AS (
    INSERT INTO memdb.memory_versions
    SELECT v.*
    FROM deleted AS c, memdb.version_of(c.memory, 'delete', :reason::text, :actor::text) AS v
)
SELECT d.count
FROM (
    SELECT
        count(*) AS count,
        max(deleted.memory_quota) AS quota
    FROM deleted
) AS d
WHERE d.quota IS NULL
    OR memdb.take_quota(:org_id, 'memories', '-infinity', d.quota, -d.count)
