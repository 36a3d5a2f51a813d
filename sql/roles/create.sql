-- Creates a role of the tenant. No row means that there is no such organization.
-- not null: abilities
WITH created AS (
    INSERT INTO memdb.roles AS r (org_id, id, name, description, status, default_model, metadata)
    SELECT
        w.org_id,
        coalesce(:id::uuid, memdb.new_id()),
        :name::text,
        :description::text,
        :status::text,
        :default_model::text,
        coalesce(:metadata::jsonb, '{}')
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id::memdb.tenant
    RETURNING r.*
),
granted AS (
    INSERT INTO memdb.role_abilities (org_id, role_id, ability)
    SELECT DISTINCT
        c.org_id,
        c.id,
        given.ability
    FROM created AS c, unnest(:abilities::text[]) AS given (ability)
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'role.create',
        'role',
        c.id::text,
        jsonb_build_object('name', c.name)
    FROM created AS c
)
SELECT
    r.id,
    r.name,
    r.description,
    r.status,
    r.default_model,
    r.metadata,
    ARRAY(SELECT DISTINCT given.ability COLLATE "C" FROM unnest(:abilities) AS given (ability) ORDER BY 1) AS abilities,
    r.version,
    r.created_at,
    r.updated_at
FROM created AS r
