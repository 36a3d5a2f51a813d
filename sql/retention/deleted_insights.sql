-- Insights that were deleted before a time, and are under no hold.
SELECT i.id
FROM memdb.insights AS i
WHERE i.org_id = :org_id::memdb.tenant
    AND coalesce(i.deleted_at, '-infinity') > '-infinity'
    AND coalesce(i.deleted_at, '-infinity') < least(:before::timestamptz, now())
    AND NOT EXISTS (
        SELECT FROM memdb.legal_holds AS h
        WHERE h.org_id = :org_id
            AND h.released_at IS NULL
            AND (h.user_id = i.user_id OR h.agent_id = i.agent_id)
    )
ORDER BY coalesce(i.deleted_at, '-infinity')
LIMIT :limit::int
