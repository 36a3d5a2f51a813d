-- Soft-deletes one fact, invalidates the edges whose evidence it is, and returns its new version.
WITH deleted AS (
    UPDATE memdb.facts AS f
    SET
        deleted_at = now(),
        updated_at = greatest(f.updated_at, now()),
        version = memdb.next_version(f.version, :expected_version::int)
    FROM memdb.writable_organizations AS w
    WHERE f.org_id = :org_id::memdb.tenant
        AND f.id = :id::uuid
        AND f.deleted_at IS NULL
        AND w.org_id = :org_id
    RETURNING
        f.id,
        f.deleted_at,
        f.version
),
shown AS (
    UPDATE memdb.edges AS e
    SET
        invalidated_at = d.deleted_at,
        updated_at = greatest(e.updated_at, now()),
        version = e.version + 1
    FROM deleted AS d
    WHERE e.org_id = :org_id
        AND e.fact_id = d.id
        AND e.invalidated_at IS NULL
)
SELECT d.version
FROM deleted AS d
