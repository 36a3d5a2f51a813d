-- The rows' names in reports.
SELECT concat_ws(' / ', array_to_string(a.namespace, '.'), a.key, nullif(a.path, '')) AS name
FROM pg_temp.adopted AS a
WHERE :org_id::memdb.tenant IS NOT NULL
    AND a.number = ANY (:numbers::bigint[])
ORDER BY a.number
