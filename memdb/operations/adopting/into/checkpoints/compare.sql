-- The number of rows that are in memdb as read, the digest of what is there, and the numbers of the others.
SELECT
    count(*) FILTER (WHERE c.is_same) AS same,
    :digest AS digest,
    coalesce(array_agg(c.number) FILTER (WHERE NOT c.is_same), '{}') AS other
FROM (
    SELECT
        a.number,
        concat_ws(chr(31), t.external_id, k.namespace, k.id, k.parent_id, k.versions, k.metadata, k.plain, k.state) AS said,
        k.id IS NOT NULL
        AND k.parent_id IS NOT DISTINCT FROM a.parent_id
        AND k.versions = a.versions
        AND k.metadata = a.metadata
        AND k.plain = a.plain
        AND k.state = a.state AS is_same
    FROM pg_temp.adopted AS a
    LEFT JOIN memdb.threads AS t ON t.org_id = :org_id::memdb.tenant AND t.external_id = a.thread_id AND t.deleted_at IS NULL
    LEFT JOIN memdb.thread_checkpoints AS k ON k.org_id = :org_id AND k.thread_id = t.id AND k.namespace = a.namespace AND k.id = a.id
    WHERE a.number <> ALL (:refused::bigint[])
) AS c
