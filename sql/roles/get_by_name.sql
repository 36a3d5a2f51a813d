-- The live role with a name.
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
    AND r.name = :name::text
    AND r.deleted_at IS NULL
