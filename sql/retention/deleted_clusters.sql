-- Clusters that were deleted before a time, and are under no hold.
SELECT c.id
FROM memdb.clusters AS c
WHERE c.org_id = :org_id::memdb.tenant
    AND coalesce(c.deleted_at, '-infinity') > '-infinity'
    AND coalesce(c.deleted_at, '-infinity') < least(:before::timestamptz, now())
    AND NOT EXISTS (
        SELECT FROM memdb.legal_holds AS h
        WHERE h.org_id = :org_id
            AND h.released_at IS NULL
            AND h.agent_id = c.agent_id
    )
ORDER BY coalesce(c.deleted_at, '-infinity')
LIMIT :limit::int
