-- A new organization: the tenant of everything that is created for it.
INSERT INTO memdb.organizations AS o (id, slug, name, tier, settings)
VALUES (
    coalesce(:id::uuid, memdb.new_id()),
    :slug::text,
    :name::text,
    :tier::text,
    coalesce(:settings::jsonb, '{}')
)
RETURNING
    o.id,
    o.slug,
    o.name,
    o.tier,
    o.status,
    o.settings,
    o.version,
    o.created_at,
    o.updated_at
