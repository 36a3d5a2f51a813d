-- Locks sessions that are to be removed, in the order of their ids, against whoever writes to them. Returns those that are still idle, or deleted,
-- since the time given, if any.
-- not null: id
WITH locked AS MATERIALIZED (
    SELECT
        s.id,
        s.active_at,
        s.deleted_at
    FROM memdb.sessions AS s
    WHERE s.org_id = :org_id::memdb.tenant
        AND s.id = ANY (:ids::uuid[])
    ORDER BY s.id
    FOR UPDATE
)
SELECT l.id
FROM locked AS l
WHERE (:idle_since::timestamptz IS NULL OR l.active_at < :idle_since)
    AND (:before::timestamptz IS NULL OR l.deleted_at < :before)
