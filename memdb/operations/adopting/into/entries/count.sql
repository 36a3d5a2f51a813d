-- How many rows there are to come, and their digest.
SELECT
    count(*) AS rows,
    coalesce(
        sum(('x' || left(md5(concat_ws(chr(31), r.namespace, r.id, r.position, r.entry_id, r.data)), 15))::bit(60)::bigint), 0
    )::text AS digest
FROM (:rows) AS r
