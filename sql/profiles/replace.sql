-- Replaces a user's profile, or creates it. A deleted one is restored with the new document. No row means that there is no such
-- organization.
WITH written AS (
    INSERT INTO memdb.profiles AS p (org_id, user_id, document)
    SELECT
        w.org_id,
        :user_id::uuid,
        :document::jsonb
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id::memdb.tenant
    ON CONFLICT (org_id, user_id) DO UPDATE
        SET
            document = excluded.document,
            deleted_at = NULL,
            updated_at = greatest(p.updated_at, now()),
            version = p.version + 1
        WHERE memdb.next_version(CASE WHEN p.deleted_at IS NULL THEN p.version ELSE 0 END, :expected_version::int) > 0
    RETURNING
        p.*,
        -- The first version has no predecessor.
        CASE WHEN p.version = 1 THEN memdb.next_version(0, :expected_version) END AS first
),
recorded AS (
    INSERT INTO memdb.profile_versions (org_id, user_id, version, operation, changed_by, document, changed_at)
    SELECT
        c.org_id,
        c.user_id,
        c.version,
        'put',
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
