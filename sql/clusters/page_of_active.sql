-- An agent's active live clusters, newest first, from a keyset cursor.
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
    AND c.agent_id = :agent_id::uuid
    AND c.status = 'active'
    AND (:type::text IS NULL OR c.type = :type)
    AND c.deleted_at IS NULL
    AND (:before::uuid IS NULL OR c.id < :before)
ORDER BY c.id DESC
LIMIT :limit::int
