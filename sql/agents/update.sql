-- Changes the given fields of one live agent, which may be suspended. NULL leaves a field unchanged.
WITH updated AS (
    UPDATE memdb.agents AS a
    SET
        slug = coalesce(:slug::text, a.slug),
        name = coalesce(:name::text, a.name),
        status = coalesce(:status::text, a.status),
        config = coalesce(:config::jsonb, a.config),
        metadata = coalesce(:metadata::jsonb, a.metadata),
        tags = CASE
            WHEN :tags::text[] IS NULL THEN a.tags
            ELSE ARRAY(SELECT DISTINCT given.tag COLLATE "C" FROM unnest(:tags) AS given (tag) ORDER BY 1)
        END,
        updated_at = greatest(a.updated_at, now()),
        version = memdb.next_version(a.version, :expected_version::int)
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND a.org_id = :org_id
        AND a.id = :id::uuid
        AND a.deleted_at IS NULL
    RETURNING a.*
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'agent.update',
        'agent',
        u.id::text,
        jsonb_strip_nulls(jsonb_build_object('slug', :slug, 'name', :name, 'status', :status))
    FROM updated AS u
)
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
FROM updated AS a
