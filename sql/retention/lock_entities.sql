-- Locks entities that are to be removed, in the order of their ids, against whoever refers to them. Returns those that were deleted before the
-- time given, if any.
WITH locked AS MATERIALIZED (
    SELECT
        e.id,
        e.deleted_at
    FROM memdb.entities AS e
    WHERE e.org_id = :org_id::memdb.tenant
        AND e.id = ANY (:ids::uuid[])
    ORDER BY e.id
    FOR UPDATE
)
SELECT l.id
FROM locked AS l
WHERE :before::timestamptz IS NULL
    OR l.deleted_at < :before
