-- Puts an item, or a new version of the one with its id, which is restored if it was deleted. No row changes if its status does not allow
-- it.
INSERT INTO memory_items (id, content, memory_type, status, metadata, extra_json, created_at, updated_at)
VALUES (:id, :content, :memory_type, :status, :metadata, :extra_json, :created_at, :updated_at)
ON CONFLICT (id) DO UPDATE
    SET
        content = excluded.content,
        memory_type = excluded.memory_type,
        status = excluded.status,
        metadata = excluded.metadata,
        extra_json = excluded.extra_json,
        updated_at = excluded.updated_at,
        version = memory_items.version + 1,
        deleted = 0
    WHERE memory_items.status = excluded.status
        OR memory_items.status = 'draft'
        OR (memory_items.status = 'accepted' AND excluded.status = 'discard')
