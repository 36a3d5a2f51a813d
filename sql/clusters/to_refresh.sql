-- Active clusters last refreshed before a time, or never, longest ago first; work for a background job.
-- not null: size
SELECT
    c.id,
    c.agent_id,
    c.label,
    c.summary,
    c.type,
    c.importance,
    c.status,
    c.merged_into,
    (SELECT count(*) FROM memdb.cluster_facts AS f WHERE f.org_id = c.org_id AND f.cluster_id = c.id) AS size,
    c.refreshed_at,
    c.metadata,
    c.version,
    c.created_at,
    c.updated_at
FROM memdb.clusters AS c
WHERE c.org_id = :org_id::memdb.tenant
    AND coalesce(c.refreshed_at, '-infinity') < :refreshed_before::timestamptz
    AND c.status = 'active'
    AND c.deleted_at IS NULL
    AND (:agent_id::uuid IS NULL OR c.agent_id = :agent_id)
ORDER BY coalesce(c.refreshed_at, '-infinity'), c.id
LIMIT :limit::int
