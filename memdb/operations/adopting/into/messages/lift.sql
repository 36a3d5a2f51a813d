-- Brings back deleted sessions, for messages of theirs to come, and returns when each was deleted: `settle` puts that back.
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
