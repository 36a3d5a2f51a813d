-- The number of rows that are in memdb as read, the digest of what is there, and the numbers of the others.
SELECT
    count(*) FILTER (WHERE c.is_same) AS same,
    :digest AS digest,
    coalesce(array_agg(c.number) FILTER (WHERE NOT c.is_same), '{}') AS other
FROM (
    SELECT
        a.number,
        concat_ws(
            chr(31), t.external_id, x.namespace, x.checkpoint_id, x.task_id, x.task_path, x.position, x.channel, x.type, md5(x.data)
        ) AS said,
        coalesce(x.task_path = a.task_path AND x.channel = a.channel AND x.type = a.type AND x.data = a.data, false) AS is_same
    FROM pg_temp.adopted AS a
    LEFT JOIN memdb.threads AS t ON t.org_id = :org_id::memdb.tenant AND t.external_id = a.thread_id AND t.deleted_at IS NULL
    LEFT JOIN memdb.thread_writes AS x
        ON x.org_id = :org_id
        AND x.thread_id = t.id
        AND x.namespace = a.namespace
        AND x.checkpoint_id = a.checkpoint_id
        AND x.task_id = a.task_id
        AND x.position = a.position
    WHERE a.number <> ALL (:refused::bigint[])
) AS c
