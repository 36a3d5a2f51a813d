-- Tasks' writes, as opaque bytes, in the version without task paths.
SELECT
    w.thread_id,
    w.checkpoint_ns AS namespace,
    w.checkpoint_id,
    w.task_id,
    '' AS task_path,
    w.idx AS position,
    w.channel,
    w.type,
    w.blob AS data,
    NULL::text AS created_at
FROM :"checkpoint_writes" AS w
