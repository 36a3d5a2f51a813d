-- Removes a session, or with NULL all of them.
DELETE FROM "{table}"
WHERE :session_id IS NULL
    OR session_id = :session_id
