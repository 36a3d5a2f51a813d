-- Sessions that were deleted before a time, and are under no hold.
SELECT s.id
FROM memdb.sessions AS s
WHERE s.org_id = :org_id::memdb.tenant
    AND coalesce(s.deleted_at, '-infinity') > '-infinity'
    AND coalesce(s.deleted_at, '-infinity') < least(:before::timestamptz, now())
    AND NOT EXISTS (
        SELECT FROM memdb.legal_holds AS h
        WHERE h.org_id = :org_id
            AND h.released_at IS NULL
            AND (h.user_id = s.user_id OR h.agent_id = s.agent_id)
    )
ORDER BY coalesce(s.deleted_at, '-infinity')
LIMIT :limit::int
