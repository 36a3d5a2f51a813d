-- Restores deleted sessions, for their messages to be added, and returns when each was deleted; `settle` deletes them again.
UPDATE memdb.sessions AS s
SET deleted_at = NULL
FROM (
    SELECT
        o.id,
        o.deleted_at
    FROM memdb.sessions AS o
    WHERE o.org_id = :org_id::memdb.tenant
        AND o.id = ANY (:ids::uuid[])
        AND o.deleted_at IS NOT NULL
    FOR NO KEY UPDATE
) AS o
WHERE s.org_id = :org_id
    AND s.id = o.id
RETURNING
    s.id,
    o.deleted_at
