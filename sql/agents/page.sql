-- The tenant's live agents, newest first, from a keyset cursor.
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
    AND a.deleted_at IS NULL
    AND (:status::text IS NULL OR a.status = :status)
    AND (:tags::text[] IS NULL OR a.tags @> :tags)
    AND (:before::uuid IS NULL OR a.id < :before)
ORDER BY a.id DESC
LIMIT :limit::int
