-- Soft-deletes the items that match everything given.
UPDATE memory_items
SET deleted = 1
WHERE deleted = 0
    AND (:user_id IS NULL OR json_extract(metadata, '$.user_id') = :user_id)
    AND (:session_id IS NULL OR json_extract(metadata, '$.session_id') = :session_id)
    AND (:task_id IS NULL OR json_extract(metadata, '$.task_id') = :task_id)
    AND (:agent_id IS NULL OR json_extract(metadata, '$.agent_id') = :agent_id)
