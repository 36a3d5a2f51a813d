-- The history of memories: one transcript for each, with every change in order, including its deletion.
SELECT
    'mem0/history' AS namespace,
    h.memory_id AS id,
    CAST(row_number() OVER (PARTITION BY h.memory_id ORDER BY h.created_at, h.updated_at, h.rowid) AS integer) AS position,
    h.id AS entry_id,
    json_object(
        'id', h.id, 'memory_id', h.memory_id, 'old_memory', h.old_memory, 'new_memory', h.new_memory, 'event', h.event,
        'created_at', h.created_at, 'updated_at', h.updated_at, 'is_deleted', json(iif(h.is_deleted, 'true', 'false')),
        'actor_id', h.actor_id, 'role', h.role
    ) AS data,
    h.created_at
FROM :"history" AS h
ORDER BY
    h.memory_id,
    position
