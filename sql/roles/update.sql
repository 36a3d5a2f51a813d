-- Changes the given fields of one live role. NULL leaves a field unchanged, unless :cleared names it.
-- not null: abilities
WITH updated AS (
    UPDATE memdb.roles AS r
    SET
        name = coalesce(:name::text, r.name),
        description = coalesce(:description::text, CASE WHEN 'description' <> ALL (:cleared::text[]) THEN r.description END),
        status = coalesce(:status::text, r.status),
        default_model = coalesce(:default_model::text, CASE WHEN 'default_model' <> ALL (:cleared) THEN r.default_model END),
        metadata = coalesce(:metadata::jsonb, r.metadata),
        updated_at = greatest(r.updated_at, now()),
        version = memdb.next_version(r.version, :expected_version::int)
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND r.org_id = :org_id
        AND r.id = :id::uuid
        AND r.deleted_at IS NULL
    RETURNING r.*
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'role.update',
        'role',
        u.id::text,
        jsonb_strip_nulls(
            jsonb_build_object(
                'name', :name, 'description', :description, 'status', :status, 'default_model', :default_model,
                'cleared', nullif(to_jsonb(:cleared), '[]')
            )
        )
    FROM updated AS u
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
        ORDER BY a.ability
    ) AS abilities,
    r.version,
    r.created_at,
    r.updated_at
FROM updated AS r
