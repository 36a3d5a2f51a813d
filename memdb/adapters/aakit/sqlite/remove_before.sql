-- Removes the messages of a session that come before one.
DELETE FROM "{table}"
WHERE session_id = :session_id
    AND id < :id
