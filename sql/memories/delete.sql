-- Soft-deletes one live memory and returns the version that this made.
WITH deleted AS (
    UPDATE memdb.memories AS m
    SET
        deleted_at = now(),
        updated_at = greatest(m.updated_at, now()),
        version = memdb.next_version(m.version, :expected_version::int)
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.id = :id::uuid
        AND m.deleted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > now())
    RETURNING m.*
),
recorded AS (
    INSERT INTO memdb.memory_versions (
        org_id, memory_id, version, operation, reason, changed_at, expires_at, deleted_at, content, category, status, confidence, tags,
        metadata
    )
    SELECT
        c.org_id, c.id, c.version, 'delete', :reason::text, c.updated_at, c.expires_at, c.deleted_at, c.content, c.category,
        c.status, c.confidence, c.tags, c.metadata
    FROM deleted AS c
)
SELECT d.version
FROM deleted AS d
