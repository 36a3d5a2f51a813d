-- The rows' names in reports.
SELECT concat_ws(' / ', a.thread_id, nullif(a.namespace, ''), a.channel, a.version) AS name
FROM pg_temp.adopted AS a
WHERE :org_id::memdb.tenant IS NOT NULL
    AND a.number = ANY (:numbers::bigint[])
ORDER BY a.number
