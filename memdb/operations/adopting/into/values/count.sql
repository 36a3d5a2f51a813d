-- The number of rows to come, and their digest.
SELECT
    count(*) AS rows,
    :digest AS digest
FROM (
    SELECT concat_ws(chr(31), r.thread_id, r.namespace, r.channel, r.version, r.type, md5(r.data)) AS said
    FROM (:rows) AS r
) AS d
