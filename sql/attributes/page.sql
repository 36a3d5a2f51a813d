-- The tenant's attributes, in the order of their keys, from a keyset cursor.
SELECT
    a.key,
    a.status,
    a.value_type,
    a.conflict_policy,
    a.time_to_live,
    a.seen,
    a.proposed_by,
    a.reason,
    a.example,
    a.version,
    a.first_seen_at,
    a.last_seen_at,
    a.created_at,
    a.updated_at
FROM memdb.attributes AS a
WHERE a.org_id = :org_id::memdb.tenant
    AND (:status::text IS NULL OR a.status = :status)
    AND (:after::text IS NULL OR a.key COLLATE "C" > :after)
ORDER BY a.key COLLATE "C"
LIMIT :limit::int
