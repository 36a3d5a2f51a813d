-- Deletes sessions as they were before `lift`.
UPDATE memdb.sessions AS s
SET deleted_at = g.deleted_at
FROM unnest(:ids::uuid[], :deleted_at::timestamptz[]) AS g (id, deleted_at)
WHERE s.org_id = :org_id::memdb.tenant
    AND s.id = g.id
RETURNING s.id
