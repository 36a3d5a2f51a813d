-- Adds to the counts of the erasure in progress.
UPDATE memdb.erasures AS e
SET
    rows = (
        SELECT coalesce(jsonb_object_agg(counted.name, counted.rows), '{}')
        FROM (
            SELECT
                part.key AS name,
                sum(part.value::bigint) AS rows
            FROM (
                SELECT o.key, o.value FROM jsonb_each_text(e.rows) AS o
                UNION ALL
                SELECT n.key, n.value FROM jsonb_each_text(:rows::jsonb) AS n
            ) AS part
            GROUP BY part.key
        ) AS counted
    )
WHERE e.org_id = :org_id::memdb.tenant
    AND e.user_id IS NOT DISTINCT FROM :user_id::uuid
    AND e.finished_at IS NULL
