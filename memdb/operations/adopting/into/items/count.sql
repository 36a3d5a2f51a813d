-- The number of rows to come, and their digest.
SELECT
    count(*) AS rows,
    :digest AS digest
FROM (
    SELECT
        concat_ws(
            chr(31),
            array_to_string(r.namespace, chr(30)),
            r.key,
            r.value,
            r.path,
            CASE WHEN r.path IS NOT NULL THEN coalesce(left(r.content, 100000), '') END
        ) AS said
    FROM (:rows) AS r
) AS d
