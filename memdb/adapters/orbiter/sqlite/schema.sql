-- The table and the indexes of orbiter-memory's own store, whose files this one opens.
CREATE TABLE IF NOT EXISTS memory_items (
    id TEXT PRIMARY KEY,
    content TEXT NOT NULL,
    memory_type TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'accepted',
    metadata TEXT NOT NULL DEFAULT '{}',
    extra_json TEXT NOT NULL DEFAULT '{}',
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX IF NOT EXISTS idx_memory_type ON memory_items (memory_type) WHERE deleted = 0;
CREATE INDEX IF NOT EXISTS idx_status ON memory_items (status) WHERE deleted = 0;
CREATE INDEX IF NOT EXISTS idx_created_at ON memory_items (created_at) WHERE deleted = 0;
