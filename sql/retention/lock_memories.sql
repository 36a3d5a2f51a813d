-- Locks memories that are to be removed, and those that have them for a successor, in the order of their ids. Returns those to be removed, less
-- what does not end before the time given, if any.
-- not null: id
WITH locked AS MATERIALIZED (
    SELECT
        m.id,
        coalesce(m.deleted_at, m.expires_at) AS ended_at
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id::memdb.tenant
        AND (m.id = ANY (:ids::uuid[]) OR m.superseded_by = ANY (:ids) OR m.merged_into = ANY (:ids))
    ORDER BY m.id
    FOR UPDATE
)
SELECT l.id
FROM locked AS l
WHERE l.id = ANY (:ids)
    AND (:before::timestamptz IS NULL OR l.ended_at < :before)
