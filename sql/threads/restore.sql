-- Restores the last deleted thread of this name. No row means that none is deleted.
UPDATE memdb.threads AS t
SET deleted_at = NULL
FROM memdb.writable_organizations AS w
WHERE t.org_id = :org_id::memdb.tenant
    AND t.id = (
        SELECT d.id
        FROM memdb.threads AS d
        WHERE d.org_id = :org_id
            AND d.external_id = :thread_id::text
            AND coalesce(d.deleted_at, '-infinity') > '-infinity'
        ORDER BY d.deleted_at DESC
        LIMIT 1
    )
    AND w.org_id = :org_id
RETURNING
    t.external_id AS id,
    t.id AS key,
    t.agent_id,
    t.user_id,
    t.created_at
