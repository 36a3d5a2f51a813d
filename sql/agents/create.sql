-- A new agent of the tenant. No row means that there is no such organization.
INSERT INTO memdb.agents AS a (org_id, id, slug, name, created_by, config, metadata)
SELECT
    o.id,
    coalesce(:id::uuid, memdb.new_id()),
    :slug::text,
    :name::text,
    :created_by::uuid,
    coalesce(:config::jsonb, '{}'),
    coalesce(:metadata::jsonb, '{}')
FROM memdb.organizations AS o
WHERE o.id = :org_id::memdb.tenant
    AND o.deleted_at IS NULL
RETURNING
    a.id,
    a.slug,
    a.name,
    a.status,
    a.created_by,
    a.config,
    a.metadata,
    a.version,
    a.created_at,
    a.updated_at
