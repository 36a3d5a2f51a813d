-- The newest messages of a session, newest first, unless the last was saved before a time.
SELECT
    m.timestamp,
    m.role,
    m.content,
    m.metadata,
    m.sealed
FROM "{table}" AS m
WHERE m.session_id = :session_id
    AND (:since IS NULL OR (SELECT max(l.saved_at) FROM "{table}" AS l WHERE l.session_id = :session_id) > :since)
ORDER BY m.id DESC
LIMIT :limit
