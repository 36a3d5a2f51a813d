-- How many rows there are to come, and their digest.
SELECT
    count(*) AS rows,
    coalesce(
        sum(
            (
                'x' || left(
                    md5(concat_ws(chr(31), r.thread_id, r.namespace, r.id, r.parent_id, r.versions, r.metadata, r.plain, r.state)),
                    15
                )
            )::bit(60)::bigint
        ),
        0
    )::text AS digest
FROM (:rows) AS r
