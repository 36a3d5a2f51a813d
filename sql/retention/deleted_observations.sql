-- Observations that were deleted before a time, and are under no hold.
SELECT o.id
FROM memdb.session_observations AS o
WHERE o.org_id = :org_id::memdb.tenant
    AND coalesce(o.deleted_at, '-infinity') > '-infinity'
    AND coalesce(o.deleted_at, '-infinity') < least(:before::timestamptz, now())
    AND NOT EXISTS (
        SELECT FROM memdb.legal_holds AS h
        WHERE h.org_id = :org_id
            AND h.released_at IS NULL
            AND (h.user_id = o.user_id OR h.agent_id = o.agent_id)
    )
ORDER BY coalesce(o.deleted_at, '-infinity')
LIMIT :limit::int
