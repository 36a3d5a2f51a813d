-- Intentions that were deleted before a time, and are under no hold.
SELECT n.id
FROM memdb.intentions AS n
WHERE n.org_id = :org_id::memdb.tenant
    AND coalesce(n.deleted_at, '-infinity') > '-infinity'
    AND coalesce(n.deleted_at, '-infinity') < least(:before::timestamptz, now())
    AND NOT EXISTS (
        SELECT FROM memdb.legal_holds AS h
        WHERE h.org_id = :org_id
            AND h.released_at IS NULL
            AND (h.user_id = n.user_id OR h.agent_id = n.agent_id)
    )
ORDER BY coalesce(n.deleted_at, '-infinity')
LIMIT :limit::int
