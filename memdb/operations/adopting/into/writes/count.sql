-- How many rows there are to come, and their digest.
SELECT
    count(*) AS rows,
    coalesce(
        sum(
            (
                'x' || left(
                    md5(
                        concat_ws(
                            chr(31), r.thread_id, r.namespace, r.checkpoint_id, r.task_id, r.task_path, r.position, r.channel, r.type, md5(r.data)
                        )
                    ),
                    15
                )
            )::bit(60)::bigint
        ),
        0
    )::text AS digest
FROM (:rows) AS r
