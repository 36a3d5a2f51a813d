-- The number of rows to come, and their digest.
SELECT
    count(*) AS rows,
    :digest AS digest
FROM (
    SELECT concat_ws(chr(31), r.namespace, r.id, r.scope, r.state) AS said
    FROM (:rows) AS r
) AS d
