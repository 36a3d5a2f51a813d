-- Facts that were deleted before a time, and are under no hold.
SELECT f.id
FROM memdb.facts AS f
WHERE f.org_id = :org_id::memdb.tenant
    AND coalesce(f.deleted_at, '-infinity') > '-infinity'
    AND coalesce(f.deleted_at, '-infinity') < least(:before::timestamptz, now())
    AND NOT EXISTS (
        SELECT FROM memdb.legal_holds AS h
        WHERE h.org_id = :org_id
            AND h.released_at IS NULL
            AND (h.user_id = f.user_id OR h.agent_id = f.agent_id)
    )
ORDER BY coalesce(f.deleted_at, '-infinity')
LIMIT :limit::int
