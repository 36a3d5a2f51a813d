-- The tenant's live roles, newest first, from a keyset cursor.
-- not null: abilities
SELECT
    r.id,
    r.name,
    r.description,
    r.status,
    r.default_model,
    r.metadata,
    ARRAY(
        SELECT a.ability FROM memdb.role_abilities AS a
        WHERE a.org_id = :org_id::memdb.tenant
            AND a.role_id = r.id
        ORDER BY a.ability
    ) AS abilities,
    r.version,
    r.created_at,
    r.updated_at
FROM memdb.roles AS r
WHERE r.org_id = :org_id
    AND r.deleted_at IS NULL
    AND (:status::text IS NULL OR r.status = :status)
    AND (
        :ability::text IS NULL
        OR r.id = ANY (ARRAY(SELECT a.role_id FROM memdb.role_abilities AS a WHERE a.org_id = :org_id AND a.ability = :ability))
    )
    AND (:before::uuid IS NULL OR r.id < :before)
ORDER BY r.id DESC
LIMIT :limit::int
