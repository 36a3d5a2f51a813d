-- The number of rows that are in memdb as read, the digest of what is there, and the numbers of the others.
SELECT
    count(*) FILTER (WHERE c.is_same) AS same,
    :digest AS digest,
    coalesce(array_agg(c.number) FILTER (WHERE NOT c.is_same), '{}') AS other
FROM (
    SELECT
        a.number,
        concat_ws(chr(31), t.namespace, t.external_id, e.position, e.id, e.data) AS said,
        coalesce(e.data = a.data AND e.id IS NOT DISTINCT FROM a.entry_id, false) AS is_same
    FROM pg_temp.adopted AS a
    LEFT JOIN LATERAL (
        SELECT
            t.id,
            t.namespace,
            t.external_id
        FROM memdb.transcripts AS t
        WHERE t.org_id = :org_id::memdb.tenant
            AND t.namespace = a.namespace
            AND t.external_id = a.id
        LIMIT 1
    ) AS t ON true
    LEFT JOIN memdb.transcript_entries AS e ON e.org_id = :org_id AND e.transcript_id = t.id AND e.position = a.position
    WHERE a.number <> ALL (:refused::bigint[])
) AS c
