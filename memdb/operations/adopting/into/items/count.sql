-- How many rows there are to come, and their digest.
SELECT
    count(*) AS rows,
    coalesce(
        sum(
            (
                'x' || left(
                    md5(concat_ws(chr(31), array_to_string(r.namespace, chr(30)), r.key, r.value, r.path, left(r.content, 100000))),
                    15
                )
            )::bit(60)::bigint
        ),
        0
    )::text AS digest
FROM (:rows) AS r
