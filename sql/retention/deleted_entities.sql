-- Entities that were deleted before a time, are under no hold, and neither have facts about them any more nor are what others stand for that stay;
-- those that were merged into others first.
SELECT e.id
FROM memdb.entities AS e
WHERE e.org_id = :org_id::memdb.tenant
    AND coalesce(e.deleted_at, '-infinity') > '-infinity'
    AND coalesce(e.deleted_at, '-infinity') < least(:before::timestamptz, now())
    AND NOT EXISTS (SELECT FROM memdb.facts AS f WHERE f.org_id = :org_id AND f.entity_id = e.id)
    AND NOT EXISTS (
        SELECT FROM memdb.entities AS m
        WHERE m.org_id = :org_id
            AND m.merged_into = e.id
            AND (
                coalesce(m.deleted_at, 'infinity') >= :before
                OR EXISTS (SELECT FROM memdb.facts AS f WHERE f.org_id = :org_id AND f.entity_id = m.id)
            )
    )
    AND NOT EXISTS (
        SELECT FROM memdb.legal_holds AS h
        WHERE h.org_id = :org_id
            AND h.released_at IS NULL
            AND h.agent_id = e.agent_id
    )
ORDER BY e.merged_into IS NULL, coalesce(e.deleted_at, '-infinity')
LIMIT :limit::int
