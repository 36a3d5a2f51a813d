-- The oldest messages of a session, in order.
SELECT
    m.id,
    m.timestamp,
    m.role,
    m.content,
    m.metadata,
    m.sealed
FROM "{table}" AS m
WHERE m.session_id = :session_id
ORDER BY m.id
LIMIT :limit
