-- Users whose profile was deleted before a time, and who are under no hold.
SELECT p.user_id
FROM memdb.profiles AS p
WHERE p.org_id = :org_id::memdb.tenant
    AND coalesce(p.deleted_at, '-infinity') > '-infinity'
    AND coalesce(p.deleted_at, '-infinity') < least(:before::timestamptz, now())
    AND NOT EXISTS (
        SELECT FROM memdb.legal_holds AS h
        WHERE h.org_id = :org_id
            AND h.released_at IS NULL
            AND h.user_id = p.user_id
    )
ORDER BY coalesce(p.deleted_at, '-infinity')
LIMIT :limit::int
