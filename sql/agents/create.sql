-- Creates an agent of the tenant. No row means that there is no such organization.
WITH created AS (
    INSERT INTO memdb.agents AS a (org_id, id, slug, name, created_by, config, metadata, tags)
    SELECT
        w.org_id,
        coalesce(:id::uuid, memdb.new_id()),
        :slug::text,
        :name::text,
        :created_by::uuid,
        coalesce(:config::jsonb, '{}'),
        coalesce(:metadata::jsonb, '{}'),
        ARRAY(SELECT DISTINCT given.tag COLLATE "C" FROM unnest(:tags::text[]) AS given (tag) ORDER BY 1)
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND memdb.take_quota(:org_id, 'agents', '-infinity', w.agent_quota, 1)
    RETURNING a.*
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor::text,
        'agent.create',
        'agent',
        c.id::text,
        jsonb_build_object('slug', c.slug)
    FROM created AS c
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
FROM created AS a
