-- Grants one live role an ability, unless it already has it.
-- not null: abilities
WITH role AS MATERIALIZED (
    SELECT r.*
    FROM memdb.writable_organizations AS w, memdb.roles AS r
    WHERE w.org_id = :org_id::memdb.tenant
        AND r.org_id = :org_id
        AND r.id = :id::uuid
        AND r.deleted_at IS NULL
),
granted AS (
    INSERT INTO memdb.role_abilities AS a (org_id, role_id, ability)
    SELECT
        r.org_id,
        r.id,
        :ability::text
    FROM role AS r
    ON CONFLICT DO NOTHING
    RETURNING
        a.role_id,
        a.ability
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'role.grant',
        'role',
        g.role_id::text,
        jsonb_build_object('ability', g.ability)
    FROM granted AS g
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
        UNION
        SELECT :ability COLLATE "C"
        ORDER BY ability
    ) AS abilities,
    r.version,
    r.created_at,
    r.updated_at
FROM role AS r
