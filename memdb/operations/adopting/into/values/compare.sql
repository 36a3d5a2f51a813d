-- The number of rows that are in memdb as read, the digest of what is there, and the numbers of the others.
SELECT
    count(*) FILTER (WHERE c.is_same) AS same,
    :digest AS digest,
    coalesce(array_agg(c.number) FILTER (WHERE NOT c.is_same), '{}') AS other
FROM (
    SELECT
        a.number,
        concat_ws(chr(31), t.external_id, v.namespace, v.channel, v.version, v.type, md5(v.data)) AS said,
        coalesce(v.type = a.type AND v.data = a.data, false) AS is_same
    FROM pg_temp.adopted AS a
    LEFT JOIN memdb.threads AS t ON t.org_id = :org_id::memdb.tenant AND t.external_id = a.thread_id AND t.deleted_at IS NULL
    LEFT JOIN memdb.thread_values AS v
        ON v.org_id = :org_id AND v.thread_id = t.id AND v.namespace = a.namespace AND v.channel = a.channel AND v.version = a.version
    WHERE a.number <> ALL (:refused::bigint[])
) AS c
