-- Checkpoints; the values of their channels are read separately, as bytes.
SELECT
    c.thread_id,
    c.checkpoint_ns AS namespace,
    c.checkpoint_id AS id,
    nullif(c.parent_checkpoint_id, '') AS parent_id,
    c.checkpoint ->> 'ts' AS created_at,
    CASE WHEN strpos(c.checkpoint_ns, ':') > 0 THEN nullif(c.metadata -> 'parents' ->> '', '') END AS root_id,
    c.metadata ->> 'run_id' AS run_id,
    CASE
        WHEN c.metadata ?| ARRAY['counters_since_delta_snapshot', 'delta_writes_versioned'] THEN 'ancestors'
        -- Their pending sends are among the writes of the parent.
        WHEN (c.checkpoint ->> 'v')::numeric < 4 THEN 'parent'
        ELSE 'nothing'
    END AS needs,
    coalesce(c.checkpoint -> 'channel_versions', '{}') AS versions,
    c.metadata,
    coalesce(c.checkpoint -> 'channel_values', '{}') AS plain,
    c.checkpoint - ARRAY['id', 'channel_values', 'channel_versions'] AS state
FROM :"checkpoints" AS c
