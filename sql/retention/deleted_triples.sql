-- Triples that were deleted before a time, and are under no hold.
SELECT t.id
FROM memdb.triples AS t
WHERE t.org_id = :org_id::memdb.tenant
    AND coalesce(t.deleted_at, '-infinity') > '-infinity'
    AND coalesce(t.deleted_at, '-infinity') < least(:before::timestamptz, now())
    AND NOT EXISTS (
        SELECT FROM memdb.legal_holds AS h
        WHERE h.org_id = :org_id
            AND h.released_at IS NULL
            AND h.user_id = t.user_id
    )
ORDER BY coalesce(t.deleted_at, '-infinity')
LIMIT :limit::int
