-- The live agent with a slug, unchanged, or a new one. No row means that there is no such organization.
-- not null: id, slug, name, status, config, metadata, tags, version, created_at, updated_at
WITH found AS MATERIALIZED (
    SELECT a.*
    FROM memdb.agents AS a
    WHERE a.org_id = :org_id::memdb.tenant
        AND a.slug = :slug::text
        AND a.deleted_at IS NULL
),
created AS (
    INSERT INTO memdb.agents AS a (org_id, id, slug, name, created_by, config, metadata, tags)
    SELECT
        w.org_id,
        memdb.new_id(),
        :slug,
        :name::text,
        :created_by::uuid,
        coalesce(:config::jsonb, '{}'),
        coalesce(:metadata::jsonb, '{}'),
        ARRAY(SELECT DISTINCT given.tag COLLATE "C" FROM unnest(:tags::text[]) AS given (tag) ORDER BY 1)
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id
        AND NOT EXISTS (SELECT FROM found)
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
FROM (
    SELECT f.* FROM found AS f
    UNION ALL
    SELECT c.* FROM created AS c
) AS a
