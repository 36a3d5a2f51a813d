-- The number of rows that are in memdb as read, the digest of what is there, and the numbers of the others.
SELECT
    count(*) FILTER (WHERE c.is_same) AS same,
    :digest AS digest,
    coalesce(array_agg(c.number) FILTER (WHERE NOT c.is_same), '{}') AS other
FROM (
    SELECT
        a.number,
        concat_ws(chr(31), t.namespace, t.external_id, t.scope, t.state) AS said,
        coalesce(
            t.scope IS NOT DISTINCT FROM a.scope AND t.state IS NOT DISTINCT FROM a.state AND t.revision = a.revision, false
        ) AS is_same
    FROM pg_temp.adopted AS a
    LEFT JOIN memdb.transcripts AS t ON t.org_id = :org_id::memdb.tenant AND t.namespace = a.namespace AND t.external_id = a.id
    WHERE a.number <> ALL (:refused::bigint[])
) AS c
