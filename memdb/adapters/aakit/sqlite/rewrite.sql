-- Replaces a message by another.
UPDATE "{table}"
SET
    timestamp = :timestamp,
    role = :role,
    content = :content,
    metadata = :metadata,
    sealed = :sealed
WHERE session_id = :session_id
    AND id = :id
