-- How many rows there are to come, and their digest.
SELECT
    count(*) AS rows,
    coalesce(
        sum(('x' || left(md5(concat_ws(chr(31), r.namespace, r.id, r.scope, r.state)), 15))::bit(60)::bigint), 0
    )::text AS digest
FROM (:rows) AS r
