-- Memories that were deleted, or expired, before a time, and are under no hold.
SELECT m.id
FROM memdb.memories AS m
WHERE m.org_id = :org_id::memdb.tenant
    AND coalesce(m.deleted_at, m.expires_at) < least(:before::timestamptz, now())
    -- A clock that is a little ahead is no mistake; what has not ended is never purged.
    AND memdb.must(:before < now() + interval '1 minute', 'before', 'must not be in the future')
    AND NOT EXISTS (
        SELECT FROM memdb.legal_holds AS h
        WHERE h.org_id = :org_id
            AND h.released_at IS NULL
            AND (h.user_id = m.user_id OR h.agent_id = m.agent_id)
    )
ORDER BY coalesce(m.deleted_at, m.expires_at)
LIMIT :limit::int
