-- Restores one deleted role.
-- not null: abilities
WITH restored AS (
    UPDATE memdb.roles AS r
    SET
        deleted_at = NULL,
        updated_at = greatest(r.updated_at, now()),
        version = memdb.next_version(r.version, :expected_version::int)
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND r.org_id = :org_id
        AND r.id = :id::uuid
        AND r.deleted_at IS NOT NULL
    RETURNING r.*
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'role.restore',
        'role',
        r.id::text,
        '{}'
    FROM restored AS r
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
FROM restored AS r
