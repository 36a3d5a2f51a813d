-- Reverts a user's live profile to the document of one of its versions. No row means that there is no such profile or version.
WITH written AS (
    UPDATE memdb.profiles AS p
    SET
        document = v.document,
        updated_at = greatest(p.updated_at, now()),
        version = memdb.next_version(p.version, :expected_version::int)
    FROM memdb.profile_versions AS v, memdb.writable_organizations AS w
    WHERE p.org_id = :org_id::memdb.tenant
        AND p.user_id = :user_id::uuid
        AND p.deleted_at IS NULL
        AND v.org_id = :org_id
        AND v.user_id = :user_id
        AND v.version = :version::int
        AND w.org_id = :org_id
    RETURNING p.*
),
recorded AS (
    INSERT INTO memdb.profile_versions (org_id, user_id, version, operation, changed_by, document, changed_at)
    SELECT
        c.org_id,
        c.user_id,
        c.version,
        'revert',
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
