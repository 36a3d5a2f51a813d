-- Restores a user's deleted profile.
WITH written AS (
    UPDATE memdb.profiles AS p
    SET
        deleted_at = NULL,
        updated_at = greatest(p.updated_at, now()),
        version = memdb.next_version(p.version, :expected_version::int)
    FROM memdb.writable_organizations AS w
    WHERE p.org_id = :org_id::memdb.tenant
        AND p.user_id = :user_id::uuid
        AND p.deleted_at IS NOT NULL
        AND w.org_id = :org_id
    RETURNING p.*
),
recorded AS (
    INSERT INTO memdb.profile_versions (org_id, user_id, version, operation, changed_by, document, changed_at)
    SELECT
        c.org_id,
        c.user_id,
        c.version,
        'restore',
        :actor::text,
        c.document,
        c.updated_at
    FROM written AS c
)
SELECT
    p.user_id,
    p.document,
    p.version,
    p.created_at,
    p.updated_at
FROM written AS p
