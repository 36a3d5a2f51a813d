-- The aliases of an entity.
SELECT
    a.alias,
    a.key,
    a.entity_id,
    a.created_at
FROM memdb.entity_aliases AS a
WHERE a.org_id = :org_id::memdb.tenant
    AND a.entity_id = :entity_id::uuid
    AND EXISTS (SELECT FROM memdb.entities AS e WHERE e.org_id = :org_id AND e.id = :entity_id AND e.deleted_at IS NULL)
ORDER BY a.key COLLATE "C"
LIMIT 1000
