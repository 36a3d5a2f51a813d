-- Appends one message to a session.
INSERT INTO "{table}" (session_id, timestamp, role, content, metadata, sealed, saved_at)
VALUES (:session_id, :timestamp, :role, :content, :metadata, :sealed, :saved_at)
