-- One item that is not deleted.
SELECT
    i.id,
    i.content,
    i.memory_type,
    i.status,
    i.metadata,
    i.extra_json,
    i.created_at,
    i.updated_at
FROM memory_items AS i
WHERE i.id = :id
    AND i.deleted = 0
