-- The messages of all sessions, sorted by id. saved_at is when a message was saved, in seconds since 1970, like timestamp.
CREATE TABLE IF NOT EXISTS "{table}" (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id TEXT NOT NULL,
    timestamp REAL NOT NULL,
    role TEXT NOT NULL,
    content TEXT NOT NULL,
    metadata TEXT NOT NULL,
    sealed TEXT,
    saved_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS "{table}_of_session" ON "{table}" (session_id, id);
