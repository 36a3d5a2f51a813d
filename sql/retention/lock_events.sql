-- Locks events that are to be removed, in the order of their ids, against whoever refers to them. Returns those that are still there.
WITH locked AS MATERIALIZED (
    SELECT e.id
    FROM memdb.events AS e
    WHERE e.org_id = :org_id::memdb.tenant
        AND e.id = ANY (:ids::uuid[])
    ORDER BY e.id
    FOR UPDATE
)
SELECT l.id
FROM locked AS l
