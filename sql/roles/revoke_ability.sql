-- Revokes an ability of one live role, if it has it.
-- not null: abilities
WITH role AS MATERIALIZED (
    SELECT r.*
    FROM memdb.writable_organizations AS w, memdb.roles AS r
    WHERE w.org_id = :org_id::memdb.tenant
        AND r.org_id = :org_id
        AND r.id = :id::uuid
        AND r.deleted_at IS NULL
),
revoked AS (
    DELETE FROM memdb.role_abilities AS a
    USING role AS r
    WHERE a.org_id = :org_id
        AND a.role_id = r.id
        AND a.ability = :ability::text
    RETURNING
        a.role_id,
        a.ability
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'role.revoke',
        'role',
        d.role_id::text,
        jsonb_build_object('ability', d.ability)
    FROM revoked AS d
)
SELECT
    r.id,
    r.name,
    r.description,
    r.status,
    r.default_model,
    r.metadata,
    ARRAY(
        SELECT a.ability FROM memdb.role_abilities AS a
        WHERE a.org_id = :org_id
            AND a.role_id = r.id
            AND a.ability <> :ability
        ORDER BY a.ability
    ) AS abilities,
    r.version,
    r.created_at,
    r.updated_at
FROM role AS r
