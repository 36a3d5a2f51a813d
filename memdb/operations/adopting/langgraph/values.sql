-- The values of channels, as opaque bytes. The type "empty" stands for no value.
SELECT
    b.thread_id,
    b.checkpoint_ns AS namespace,
    b.channel,
    b.version,
    b.type,
    b.blob AS data,
    NULL::text AS created_at
FROM :"checkpoint_blobs" AS b
WHERE b.type <> 'empty'
