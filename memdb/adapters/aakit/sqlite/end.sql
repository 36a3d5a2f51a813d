-- Removes a session whose last message was saved before a time; NULL means never.
DELETE FROM "{table}"
WHERE session_id = :session_id
    AND (SELECT max(m.saved_at) FROM "{table}" AS m WHERE m.session_id = :session_id) <= :since
