-- The events of a live session in order, those after a number.
SELECT
    e.session_id,
    e.number,
    e.id,
    e.kind,
    e.data,
    e.created_at
FROM memdb.session_events AS e
JOIN memdb.sessions AS s ON s.org_id = e.org_id AND s.id = e.session_id
WHERE e.org_id = :org_id::memdb.tenant
    AND e.session_id = :session_id::uuid
    AND e.number > :number::int
    AND s.org_id = :org_id
    AND s.id = :session_id
    AND s.deleted_at IS NULL
ORDER BY e.number
LIMIT :limit::int
