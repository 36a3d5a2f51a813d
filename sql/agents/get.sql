-- One live agent.
SELECT
    a.id,
    a.slug,
    a.name,
    a.status,
    a.created_by,
    a.config,
    a.metadata,
    a.tags,
    a.version,
    a.created_at,
    a.updated_at
FROM memdb.agents AS a
WHERE a.org_id = :org_id::memdb.tenant
    AND a.id = :id::uuid
    AND a.deleted_at IS NULL
