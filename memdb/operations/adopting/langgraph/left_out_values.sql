-- Placeholders for missing values.
SELECT
    :'checkpoint_blobs' AS source_table,
    json_build_object('thread_id', b.thread_id, 'checkpoint_ns', b.checkpoint_ns, 'channel', b.channel, 'version', b.version) AS row,
    'of the type "empty": the channel has no value' AS reason
FROM :"checkpoint_blobs" AS b
WHERE b.type = 'empty'
