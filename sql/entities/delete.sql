-- Soft-deletes one active entity and those merged into it, and returns its new version.
WITH target AS MATERIALIZED (
    SELECT
        e.id,
        e.status
    FROM memdb.entities AS e
    WHERE e.org_id = :org_id::memdb.tenant
        AND e.id = :id::uuid
        AND e.deleted_at IS NULL
    FOR NO KEY UPDATE
),
deleted AS (
    UPDATE memdb.entities AS e
    SET
        deleted_at = now(),
        updated_at = greatest(e.updated_at, now()),
        version = memdb.next_version(e.version, CASE WHEN e.id = :id THEN :expected_version::int END)
    FROM target AS t, memdb.writable_organizations AS w
    WHERE e.org_id = :org_id
        AND (e.id = :id OR e.merged_into = :id)
        AND e.deleted_at IS NULL
        AND w.org_id = :org_id
        AND memdb.must(t.status = 'active', 'id', 'must be that of an entity that is not merged')
    RETURNING
        e.id,
        e.version
)
SELECT d.version
FROM deleted AS d
WHERE d.id = :id
