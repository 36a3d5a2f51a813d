-- Soft-deletes one live memory and returns its new version.
WITH deleted AS (
    UPDATE memdb.memories AS m
    SET
        deleted_at = now(),
        updated_at = greatest(m.updated_at, now()),
        version = memdb.next_version(m.version, :expected_version::int)
    FROM memdb.writable_organizations AS w
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.id = :id::uuid
        AND m.deleted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > now())
        AND w.org_id = :org_id
    RETURNING
        m.version,
        m AS memory,
        w.memory_quota
),
recorded AS (
    INSERT INTO memdb.memory_versions
    SELECT v.*
    FROM deleted AS c, memdb.version_of(c.memory, 'delete', :reason::text, :actor::text) AS v
)
SELECT m.version
FROM deleted AS m
WHERE m.memory_quota IS NULL
    OR memdb.take_quota(:org_id, 'memories', '-infinity', m.memory_quota, -1)
