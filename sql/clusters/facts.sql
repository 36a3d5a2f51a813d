-- The ids of the active facts in a cluster, oldest first, from a keyset cursor.
SELECT f.id
FROM memdb.cluster_facts AS m
JOIN memdb.facts AS f ON f.org_id = m.org_id AND f.id = m.fact_id
WHERE m.org_id = :org_id::memdb.tenant
    AND m.cluster_id = :id::uuid
    AND (:after::uuid IS NULL OR m.fact_id > :after)
    AND f.status = 'active'
    AND f.deleted_at IS NULL
ORDER BY m.fact_id
LIMIT :limit::int
