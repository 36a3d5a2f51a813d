-- Creates an API token. No row means that there is no such organization.
-- not null: allowed_networks
WITH created AS (
    INSERT INTO memdb.tokens AS t (
        org_id, user_id, agent_id, kind, name, description, permissions, expires_at, allowed_networks, prefix, hash, created_by
    )
    SELECT
        w.org_id,
        :user_id::uuid,
        :agent_id::uuid,
        :kind::text,
        :name::text,
        :description::text,
        :permissions::bigint,
        :expires_at::timestamptz,
        :allowed_networks::text[]::cidr[],
        :prefix::text,
        decode(:hash::text, 'hex'),
        :actor::text
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id::memdb.tenant
    RETURNING t.*
),
unused AS (
    INSERT INTO memdb.token_uses AS u (org_id, token_id)
    SELECT
        c.org_id,
        c.id
    FROM created AS c
    RETURNING u.*
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor,
        'token.create',
        'token',
        c.id::text,
        jsonb_strip_nulls(jsonb_build_object('kind', c.kind, 'prefix', c.prefix, 'user_id', c.user_id, 'agent_id', c.agent_id))
    FROM created AS c
)
SELECT
    t.id,
    t.kind,
    t.user_id,
    t.agent_id,
    t.name,
    t.description,
    t.prefix,
    t.permissions,
    t.allowed_networks::text[] AS allowed_networks,
    t.expires_at,
    t.created_by,
    t.created_at,
    t.revoked_at,
    t.revoked_by,
    t.revoke_reason,
    u.last_used_at,
    host(u.last_used_ip) AS last_used_ip
FROM created AS t, unused AS u
