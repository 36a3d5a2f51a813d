-- The newest items that match everything given; discarded ones only if that is the given status.
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
WHERE i.deleted = 0
    AND CASE WHEN :status IS NULL THEN i.status <> 'discard' ELSE i.status = :status END
    AND (:memory_type IS NULL OR i.memory_type = :memory_type)
    AND (:user_id IS NULL OR json_extract(i.metadata, '$.user_id') = :user_id)
    AND (:session_id IS NULL OR json_extract(i.metadata, '$.session_id') = :session_id)
    AND (:task_id IS NULL OR json_extract(i.metadata, '$.task_id') = :task_id)
    AND (:agent_id IS NULL OR json_extract(i.metadata, '$.agent_id') = :agent_id)
    AND (:query = '' OR instr(fold(i.content), fold(:query)) > 0)
-- By time, whatever its zone, to the millisecond; then by text.
ORDER BY julianday(i.created_at) DESC, i.created_at DESC, i.rowid DESC
LIMIT :limit
