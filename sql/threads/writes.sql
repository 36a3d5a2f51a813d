-- The writes for the step after a checkpoint of a live thread, whether or not the checkpoint exists.
-- not null: task_ids, channels, types, data
SELECT
    w.task_ids,
    w.channels,
    w.types,
    w.data
FROM memdb.threads AS t
CROSS JOIN LATERAL memdb.writes_of_checkpoint(:org_id::memdb.tenant, t.id, :namespace::text, :id::text, :channels::text[]) AS w
WHERE t.org_id = :org_id
    AND t.external_id = :thread_id::text
    AND t.deleted_at IS NULL
