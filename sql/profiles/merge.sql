-- Applies a JSON Merge Patch (RFC 7396) to a user's profile, or to an empty one if there is none or it is deleted. No row means that there
-- is no such organization.
WITH written AS (
    INSERT INTO memdb.profiles AS p (org_id, user_id, document)
    SELECT
        w.org_id,
        :user_id::uuid,
        memdb.merge_patch('{}', :changes::jsonb)
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND memdb.must(octet_length(:changes::text) <= 65536, 'changes', 'must be at most 65536 bytes of JSON')
    ON CONFLICT (org_id, user_id) DO UPDATE
        SET
            document = memdb.merge_patch(CASE WHEN p.deleted_at IS NULL THEN p.document END, :changes),
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
        'patch',
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
